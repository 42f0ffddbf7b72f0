// What a command leaves behind by --out, --fault-log: made sure of before anything runs, written at the end.
//
//   if (auto able = check_writable(path); !able) return tell(able.error());
//   ...
//   auto written = write_text(path, text);
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast::faultfs::cli {

// With those above it. Code::invalid when it cannot be, or nothing can be written there.
Status make_directory(const std::string& path);
// The file can be made or written over; what is in it stays. Code::invalid otherwise.
Status check_writable(const std::string& path);
Status write_text(const std::string& path, const std::string& text);

}  // namespace holdfast::faultfs::cli
