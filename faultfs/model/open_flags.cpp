#include "faultfs/model/open_flags.h"

#include <fcntl.h>

namespace holdfast::faultfs {
namespace {

// O_SYNC has the bit of O_DSYNC and one more.
constexpr OpenFlag kFlags[] = {
    {"O_RDONLY", O_ACCMODE, O_RDONLY}, {"O_WRONLY", O_ACCMODE, O_WRONLY},   {"O_RDWR", O_ACCMODE, O_RDWR},
    {"O_APPEND", O_APPEND, O_APPEND},  {"O_SYNC", O_SYNC, O_SYNC},          {"O_DSYNC", O_DSYNC, O_DSYNC},
    {"O_DIRECT", O_DIRECT, O_DIRECT},  {"O_NOATIME", O_NOATIME, O_NOATIME},
};

}  // namespace

std::span<const OpenFlag> open_flags() { return kFlags; }

std::vector<std::string_view> open_flag_names(const OpenFlags& flags) {
  std::vector<std::string_view> names;
  int left = flags.mask;
  for (const OpenFlag& flag : kFlags) {
    if ((left & flag.mask) != flag.mask || (flags.value & flag.mask) != flag.value) continue;
    names.push_back(flag.name);
    left &= ~flag.mask;
  }
  return names;
}

bool only_access_mode(const OpenFlags& flags) { return (flags.mask & ~O_ACCMODE) == 0; }

}  // namespace holdfast::faultfs
