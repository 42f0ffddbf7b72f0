// The version and the commit that this program was built from. Written at every build by
// cmake/version.cmake.
#pragma once

#include <string_view>

namespace holdfast {

extern const std::string_view kVersion;  // "0.1.0"
extern const std::string_view kCommit;   // "1a2b3c4d5e6f", with "-dirty" when the tree had changes

}  // namespace holdfast
