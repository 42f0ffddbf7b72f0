// The files of the backing directory as they lie there, past the mount: what damage at rest acts on.
//
//   for_each_file(root, [&](const std::string& path, const FileAtRest& file) { file.damage(hit, told); });
//
// Regular files below a directory, in byte order of their paths, which are relative to it. Files that
// go or cannot be opened meanwhile are passed over. Blocks for as long as reading and writing takes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "faultfs/model/damage.h"
#include "faultfs/model/undo.h"

namespace holdfast::faultfs {

class FileAtRest {
 public:
  FileAtRest(int directory, const char* name);
  ~FileAtRest();
  FileAtRest(const FileAtRest&) = delete;
  FileAtRest& operator=(const FileAtRest&) = delete;

  bool opened() const { return descriptor_ >= 0; }
  std::uint64_t size() const;
  std::uint64_t inode() const;  // space_id()
  // `told` is what was there and what is there now, from the place of the damage on.
  using Told = std::function<void(std::span<const std::byte> before, std::span<const std::byte> after)>;
  void damage(const Damage& hit, const Told& told) const;
  // True when the damage was still there.
  bool restore(const Undo::Place& place) const;

 private:
  int descriptor_;

  std::vector<std::byte> bytes_at(std::uint64_t offset, std::uint64_t size) const;
  void write(std::uint64_t offset, std::span<const std::byte> bytes) const;
};

void for_each_file(int root_descriptor,
                   const std::function<void(const std::string&, const FileAtRest&)>& visit);

}  // namespace holdfast::faultfs
