// A directory of its own for one LIVE run, gone with everything in it at the end.
//
//   auto scratch = ScratchDirectory::make("/tmp");
//   (*scratch)->path("mount")             // "/tmp/holdfast-Xa7b2c/mount"
//
// It holds three directories from the start: backing and mount, for faultfs, and logs. Whatever was
// mounted inside must be gone before it goes. One thread.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"

namespace holdfast::run {

class ScratchDirectory {
 public:
  static Result<std::unique_ptr<ScratchDirectory>> make(const std::string& parent);
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::string path(const char* name) const { return directory_ + "/" + name; }
  // A file in it; "" when there is none.
  std::string text_of(const char* name) const;

 private:
  explicit ScratchDirectory(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

}  // namespace holdfast::run
