#include "faultfs/cli/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace holdfast::faultfs::cli {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> unwritable(const std::string& path, int error) {
  return fail(Code::invalid, error_of_errno(error, "nothing can be written to " + path).message, error);
}

}  // namespace

Status make_directory(const std::string& path) {
  std::error_code problem;
  fs::create_directories(path, problem);
  if (problem) return unwritable(path, problem.value());
  if (::access(path.c_str(), W_OK | X_OK) != 0) return unwritable(path, errno);
  return {};
}

Status check_writable(const std::string& path) {
  std::error_code unknown;
  if (fs::is_directory(path, unknown)) return unwritable(path, EISDIR);
  const std::string parent = fs::path(path).parent_path();
  const std::string& needed = fs::exists(path, unknown) ? path : parent.empty() ? "." : parent;
  if (::access(needed.c_str(), W_OK) != 0) return unwritable(path, errno);
  return {};
}

Status write_text(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? Status{} : fail(Code::io, path + " cannot be written");
}

}  // namespace holdfast::faultfs::cli
