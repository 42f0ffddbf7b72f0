#include "simulator/run/scratch_directory.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "simulator/scenario/text_file.h"

namespace holdfast::run {

namespace fs = std::filesystem;

Result<std::unique_ptr<ScratchDirectory>> ScratchDirectory::make(const std::string& parent) {
  std::string pattern = parent + "/holdfast-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) {
    const Error error = error_of_errno(errno, "make a directory in " + parent);
    return fail(error.code, error.message + "; TMPDIR can name another place");
  }
  auto scratch = std::unique_ptr<ScratchDirectory>(new ScratchDirectory(pattern));
  std::error_code problem;
  for (const char* name : {"backing", "mount", "logs"}) fs::create_directory(scratch->path(name), problem);
  if (problem) return fail(Code::io, pattern + ": " + problem.message());
  return scratch;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

std::string ScratchDirectory::text_of(const char* name) const {
  return scenario::read_text_file(path(name)).value_or("");
}

}  // namespace holdfast::run
