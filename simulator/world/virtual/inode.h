// What the memory disk is made of: inodes, and directories that keep the names a program sees apart
// from those a power cut would leave.
//
//   directory.put("1.seg", inode);          // visible; durable after commit("1.seg")
//   directory.commit_all();                 // what sync_directory does when it succeeds
//
// A rename between two directories leaves one pending change in each, bound to each other: whichever
// directory is synced first makes both durable, so a crash finds the file under the old name or under
// the new one, never under neither.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/world/virtual/file_content.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

struct Inode;
using InodePtr = std::shared_ptr<Inode>;

class Directory {
 public:
  using Names = std::map<std::string, InodePtr, std::less<>>;

  InodePtr find(std::string_view name) const { return find_in(visible_, name); }
  InodePtr find_durable(std::string_view name) const { return find_in(durable_, name); }
  const Names& names() const { return visible_; }
  bool empty() const { return visible_.empty(); }

  void put(const std::string& name, InodePtr inode);
  void take(const std::string& name);
  // Binds the pending change of `name` here to the one of `other_name` in `other`.
  void bind(const std::string& name, const InodePtr& other, const std::string& other_name);

  // The names whose change is not durable yet; a sync takes them at its start ...
  std::vector<std::string> pending() const;
  // ... and makes each durable as it is seen at its end.
  void commit(const std::string& name);
  void commit_all();

  // For the end of the disk: gives up both sets of names.
  std::vector<InodePtr> release();

 private:
  struct Partner {
    std::weak_ptr<Inode> directory;
    std::string name;
  };
  static InodePtr find_in(const Names& names, std::string_view name);

  Names visible_;
  Names durable_;
  std::map<std::string, Partner> pending_;
};

struct Inode {
  Inode(std::uint64_t own_number, bool holds_names) : number(own_number), is_directory(holds_names) {}

  std::uint64_t number;
  bool is_directory;
  FileContent content;          // of a file
  Directory directory;          // of a directory
  std::uint32_t links = 0;      // visible names
  std::uint32_t handles = 0;    // open files
  std::uint64_t locked_by = 0;  // the handle that holds the lock; 0: nobody

  Inode* parent = nullptr;  // where it is seen; null when it has no name
  std::string name;
  std::string path;  // as of `path_epoch`, or the last one it had
  std::uint64_t path_epoch = 0;

  WaitList sync_queue;  // one sync at a time
};

}  // namespace holdfast::world
