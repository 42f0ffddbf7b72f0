#include "faultfs/control/scratch_directory.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <utility>

namespace holdfast::faultfs {

namespace fs = std::filesystem;

Result<ScratchDirectory> ScratchDirectory::make(const std::string& beginning) {
  std::string path = beginning + "XXXXXX";
  if (::mkdtemp(path.data()) != nullptr) return ScratchDirectory(std::move(path));
  const int error = errno;
  const Error told = error_of_errno(error, "make a directory in " + fs::path(path).parent_path().string());
  return fail(told.code, told.message + "; TMPDIR can name another place", error);
}

ScratchDirectory::ScratchDirectory(ScratchDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace holdfast::faultfs
