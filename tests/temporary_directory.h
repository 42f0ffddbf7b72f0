// A directory of a test's own, empty at first and gone at the end: tests run beside each other, so
// no test may name a path in the shared one.
//
//   TemporaryDirectory directory;
//   std::ofstream(directory / "a.json") << "{}";
//
// It lies in $TMPDIR, else /tmp, or in the parent that is given. One thread.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

namespace holdfast {

// Where a sync takes no time, for tests that say nothing of the disk below: what else this machine writes
// can hold up a real disk for seconds.
inline std::filesystem::path disk_in_memory() {
  const std::filesystem::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path();
}

class TemporaryDirectory {
 public:
  explicit TemporaryDirectory(const std::filesystem::path& parent = std::filesystem::temp_directory_path())
      : path_((parent / "holdfast-test-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      std::cerr << "no temporary directory: " << path_ << "\n";
      std::abort();
    }
    path_ = std::filesystem::canonical(path_).string();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return (path_ + "/").append(name); }

 private:
  std::string path_;
};

}  // namespace holdfast
