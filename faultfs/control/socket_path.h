// Where the control socket of a mount is: derived from the mountpoint, so that commands need only
// name the mountpoint.
//
//   auto path = control_socket_for("/mnt/spool");      // /run/user/1000/faultfs/9f...e1.sock
//
// The directory is $XDG_RUNTIME_DIR/faultfs, else /tmp/faultfs-<uid>; it must be a real directory
// of ours that only we can enter, and is made if absent. Thread-safe.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast::faultfs {

Result<std::string> control_socket_for(const std::string& mountpoint);

// Where the socket is, for a mount that was made with another XDG_RUNTIME_DIR too, or none: by sudo, say. The
// usual path when it is in no such place.
Result<std::string> find_control_socket(const std::string& mountpoint);

// The path with its links and dots resolved, without asking the last name itself: a mountpoint whose
// daemon hangs or died still has a canonical path.
Result<std::string> canonical_mountpoint(const std::string& path);

}  // namespace holdfast::faultfs
