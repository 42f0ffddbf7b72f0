#include "faultfs/cli/connection.h"

#include "faultfs/control/socket_path.h"

namespace holdfast::faultfs::cli {

Result<ControlClient> connect(const Arguments& arguments) {
  if (arguments.has("socket")) return ControlClient::connect(arguments.text("socket"));
  auto socket = control_socket_for(arguments.operand(0));
  if (!socket) return fail(socket.error());
  return ControlClient::connect(*socket);
}

}  // namespace holdfast::faultfs::cli
