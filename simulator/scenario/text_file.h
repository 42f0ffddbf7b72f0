// A whole text file in memory, for the inputs that people write: scenarios and traces.
//
//   auto text = read_text_file("scenarios/disk/full.json");
//
// Errors carry the errno and the path; a file beyond kLargestText is refused. Any thread.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast::scenario {

inline constexpr std::uint64_t kLargestText = std::uint64_t{1} << 30;

Result<std::string> read_text_file(const std::string& path);

}  // namespace holdfast::scenario
