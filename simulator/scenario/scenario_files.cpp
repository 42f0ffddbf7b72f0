#include "simulator/scenario/scenario_files.h"

#include <algorithm>
#include <filesystem>

namespace holdfast::scenario {

namespace fs = std::filesystem;

Result<std::vector<std::string>> scenario_files(const std::string& directory_or_file) {
  std::error_code error;
  const auto status = fs::status(directory_or_file, error);
  if (error) return fail(error_of_errno(error.value(), "find scenarios in " + directory_or_file));
  if (!fs::is_directory(status)) return std::vector{directory_or_file};

  std::vector<std::string> files;
  auto entry = fs::recursive_directory_iterator(directory_or_file, error);
  for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;  // what vanished meanwhile is no directory
    if (entry->is_directory(ignored)) {
      if (name == "schema" || name.starts_with('.')) entry.disable_recursion_pending();
    } else if (name.ends_with(".json") && !name.starts_with('.')) {
      files.push_back(entry->path().string());
    }
  }
  if (error) return fail(error_of_errno(error.value(), "list scenarios in " + directory_or_file));
  if (files.empty()) return fail(Code::not_found, directory_or_file + " holds no scenario (*.json)");
  std::ranges::sort(files);
  return files;
}

}  // namespace holdfast::scenario
