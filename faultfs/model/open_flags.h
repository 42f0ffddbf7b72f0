// The open flags that a trigger can ask for, by their names in open(2).
//
//   for (const OpenFlag& flag : open_flags()) ...
//   open_flag_names(when.flags)        // {"O_RDWR", "O_SYNC"}
//
// Flags that the kernel keeps to itself (O_CREAT, O_EXCL, O_TRUNC: operations of their own) are not here.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {

struct OpenFlag {
  std::string_view name;
  int mask;
  int value;
};

std::span<const OpenFlag> open_flags();
std::vector<std::string_view> open_flag_names(const OpenFlags& flags);
// Asks for reading, writing or both, and for no more: all that the virtual disk knows.
bool only_access_mode(const OpenFlags& flags);

}  // namespace holdfast::faultfs
