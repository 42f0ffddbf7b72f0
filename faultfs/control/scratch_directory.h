// A directory of its own for what lasts no longer than this object: mounts, logs, copies.
//
//   auto scratch = ScratchDirectory::make("/tmp/holdfast-");
//   *scratch / "mount"                                        // "/tmp/holdfast-Xa7b2c/mount"
//
// It goes with everything in it; whatever was mounted inside must be gone before. Used by one thread at a
// time.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::faultfs {

class ScratchDirectory {
 public:
  // Named `beginning` and six letters.
  static Result<ScratchDirectory> make(const std::string& beginning);
  ~ScratchDirectory();
  ScratchDirectory(ScratchDirectory&& other) noexcept;
  ScratchDirectory& operator=(ScratchDirectory&&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(std::string_view name) const { return (path_ + "/").append(name); }

 private:
  explicit ScratchDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

}  // namespace holdfast::faultfs
