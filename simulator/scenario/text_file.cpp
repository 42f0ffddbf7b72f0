#include "simulator/scenario/text_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace holdfast::scenario {

Result<std::string> read_text_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return fail(error_of_errno(EISDIR, "read " + path));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(error_of_errno(errno == 0 ? EIO : errno, "read " + path));
  std::string text;
  char part[1 << 16];
  while (file.read(part, sizeof part) || file.gcount() > 0) {
    text.append(part, static_cast<std::size_t>(file.gcount()));
    if (text.size() > kLargestText) return fail(error_of_errno(EFBIG, "read " + path));
  }
  if (file.bad()) return fail(error_of_errno(EIO, "read " + path));
  return text;
}

}  // namespace holdfast::scenario
