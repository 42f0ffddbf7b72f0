// What is mounted where, read from /proc/self/mountinfo: looking there never asks the mounted file
// system, which may hang or be dead. And the end of a faultfs mount whose daemon is gone.
//
//   if (auto mount = find_mount("/mnt/spool"); mount && mount->type == kMountType) ...
//   abort_and_unmount("/mnt/spool");
//
// Paths are canonical. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::faultfs {

inline constexpr std::string_view kMountType = "fuse.faultfs";

struct MountEntry {
  unsigned device_minor = 0;  // names the connection in /sys/fs/fuse/connections
  std::string mountpoint;
  std::string type;
};

// The topmost mount on exactly this path.
std::optional<MountEntry> find_mount(const std::string& mountpoint);

// Fails every request that waits for the daemon, then detaches the mount. Succeeds when nothing is
// mounted there; refuses what is no faultfs.
Status abort_and_unmount(const std::string& mountpoint);

}  // namespace holdfast::faultfs
