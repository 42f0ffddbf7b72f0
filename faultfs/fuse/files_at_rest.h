// The files of the backing directory as they lie there, past the mount: what damage at rest acts on.
//
//   for_each_file(root, [&](const std::string& path, const FileAtRest& file) { file.damage(hit); });
//
// Regular files below a directory, in byte order of their paths, which are relative to it. Files that
// go or cannot be opened meanwhile are passed over. Blocks for as long as reading and writing takes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "faultfs/model/damage.h"

namespace holdfast::faultfs {

class FileAtRest {
 public:
  FileAtRest(int directory, const char* name);
  ~FileAtRest();
  FileAtRest(const FileAtRest&) = delete;
  FileAtRest& operator=(const FileAtRest&) = delete;

  bool opened() const { return descriptor_ >= 0; }
  std::uint64_t size() const;
  void damage(const Damage& hit) const;

 private:
  int descriptor_;
};

void for_each_file(int root_descriptor,
                   const std::function<void(const std::string&, const FileAtRest&)>& visit);

}  // namespace holdfast::faultfs
