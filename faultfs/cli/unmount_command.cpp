#include <chrono>
#include <thread>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"

namespace holdfast::faultfs::cli {

ExitCode unmount_command(const Words& words) {
  Arguments arguments("unmount", {"MOUNTPOINT"},
                      "Ends the mount and its daemon; also clears away a dead one.",
                      {"faultfs unmount /tmp/faulty"});
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  const auto mountpoint = canonical_mountpoint(arguments.operand(0));
  if (!mountpoint) return tell(mountpoint.error());
  if (!find_mount(*mountpoint)) return tell({Code::not_found, "nothing is mounted at " + *mountpoint});
  if (auto client = connect(arguments); client && client->stop()) {
    for (int i = 0; i < 500 && find_mount(*mountpoint); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto cleared = abort_and_unmount(*mountpoint);
  return cleared ? kDone : tell(cleared.error());
}

}  // namespace holdfast::faultfs::cli
