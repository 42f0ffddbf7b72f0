#include "faultfs/cli/plan_file.h"

#include <string.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "faultfs/model/plan_text_json.h"

namespace holdfast::faultfs::cli {

Result<std::string> read_text(const std::string& path, std::string_view what) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  const auto unreadable = [&](int error) {
    return fail(Code::not_found,
                "the " + std::string(what) + " " + path + " cannot be read: " + ::strerror(error), error);
  };
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return unreadable(EISDIR);
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(errno);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<FaultPlan> read_plan(const std::string& path) {
  const auto text = read_text(path, "plan");
  if (!text) return fail(text.error());
  const auto directory = std::filesystem::path(path).parent_path();
  return parse_plan_text(*text, path, [&](const std::string& file) {
    return read_text((directory / file).string(), "file of samples");
  });
}

Result<std::vector<RecordedFault>> read_fault_log(const std::string& path) {
  const auto text = read_text(path, "fault log");
  if (!text) return fail(text.error());
  auto faults = parse_fault_log(*text);
  if (!faults) return fail(faults.error().code, path + ": " + faults.error().message);
  if (faults->empty()) return fail(Code::invalid, path + ": there is no fault in it to replay");
  return faults;
}

}  // namespace holdfast::faultfs::cli
