// The part of `holdfast inspect` that knows usage directories.
#pragma once

#include <string>

#include "core/env/file_system.h"
#include "simulator/cli/exit_code.h"

namespace holdfast::cli {

bool is_usage_directory(FileSystem& files, const std::string& directory);
// kFailed when no file is sound, or one of the two is not.
ExitCode inspect_usage(FileSystem& files, const std::string& directory, bool json);

}  // namespace holdfast::cli
