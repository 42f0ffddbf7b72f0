#include "faultfs/cli/connection.h"

#include "faultfs/control/socket_path.h"

namespace holdfast::faultfs::cli {

void add_socket_option(Arguments& arguments) {
  arguments.add()("socket", text_value("PATH"), "the control socket, if not the usual one");
}

Result<ControlClient> connect(const Arguments& arguments) {
  if (arguments.has("socket")) return ControlClient::connect(arguments.text("socket"));
  auto socket = control_socket_for(arguments.operand(0));
  if (!socket) return fail(socket.error());
  return ControlClient::connect(*socket);
}

ExitCode ask_mount(Arguments& arguments, const Words& words,
                   const std::function<Status(ControlClient&)>& ask) {
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto done = ask(*client);
  return done ? kDone : tell(done.error());
}

}  // namespace holdfast::faultfs::cli
