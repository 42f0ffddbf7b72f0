#include "faultfs/cli/connection.h"

#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"

namespace holdfast::faultfs::cli {
namespace {

// Why nobody answers at the usual socket of a mountpoint, and what to do.
std::string silence_at(const std::string& mountpoint, const std::string& socket) {
  const auto mount = find_mount(mountpoint);
  if (!mount)
    return "nothing is mounted at " + mountpoint + "; begin with: faultfs mount SOURCE " + mountpoint;
  if (mount->type != kMountType)
    return mountpoint + " is a mount of type " + mount->type + ", not of faultfs";
  return "the mount at " + mountpoint + " does not answer at " + socket +
         ": it is another user's, or has a --socket of its own, which must be named here too, or its daemon "
         "is "
         "dead, and this clears it away: faultfs unmount " +
         mountpoint;
}

}  // namespace

void add_socket_option(Arguments& arguments) {
  arguments.add()("socket", text_value("PATH"), "the control socket, if not the usual one");
}

Result<ControlClient> connect(const Arguments& arguments) {
  if (arguments.has("socket")) return ControlClient::connect(arguments.text("socket"));
  const auto mountpoint = canonical_mountpoint(arguments.operand(0));
  if (!mountpoint) return fail(mountpoint.error());
  const auto socket = find_control_socket(*mountpoint);
  if (!socket) return fail(socket.error());
  auto client = ControlClient::connect(*socket);
  if (client) return client;
  return fail(client.error().code, silence_at(*mountpoint, *socket), client.error().os_error);
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
