// What the memory disk is made of: inodes, and the names in directories, as programs see them. Which of them
// a power cut would leave is the business of the disk's ledger.
//
//   directory.put("1.seg", inode);
//   directory.find("1.seg")
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "faultfs/model/decision.h"
#include "simulator/world/virtual/file_content.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

struct Inode;
using InodePtr = std::shared_ptr<Inode>;

class Directory {
 public:
  using Names = std::map<std::string, InodePtr, std::less<>>;

  InodePtr find(std::string_view name) const {
    const auto found = names_.find(name);
    return found == names_.end() ? nullptr : found->second;
  }
  const Names& names() const { return names_; }
  bool empty() const { return names_.empty(); }

  void put(const std::string& name, InodePtr inode) { names_[name] = std::move(inode); }
  void take(const std::string& name) { names_.erase(name); }

 private:
  Names names_;
};

// A sync of a file, from its call until it ends.
struct Sync {
  std::uint64_t handle = 0;
  std::uint64_t begin = 0;  // the ledger's moment: what is written later it does not cover
  faultfs::Decision decision{};
  std::optional<Time> arrives{};  // unset: it has not reached the device
};

struct Inode {
  Inode(std::uint64_t own_number, bool holds_names) : number(own_number), is_directory(holds_names) {}

  std::uint64_t number;
  bool is_directory;
  FileContent content;          // of a file
  Directory directory;          // of a directory
  std::uint32_t handles = 0;    // open files
  std::uint64_t locked_by = 0;  // the handle that holds the lock; 0: nobody

  Inode* parent = nullptr;  // where it is seen; null when it has no name
  bool may_return = false;  // it lost its name, and a power cut may give it back
  std::string name;
  std::string path;  // as of `path_epoch`, or the last one it had
  std::uint64_t path_epoch = 0;

  std::optional<Sync> sync;  // one at a time
  WaitList sync_queue;
};

}  // namespace holdfast::world
