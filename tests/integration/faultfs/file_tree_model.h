// A file tree as POSIX and Linux have it, in memory: what a history must answer. Pure.
//
//   FileTreeModel model;
//   model.answer({.act = Act::mkdir, .path = "a"});    // "0"
//
// Written for being plainly right, after the manual pages and the order in which Linux looks; it is
// checked against a plain directory by the same histories.
#pragma once

#include <map>
#include <memory>

#include "tests/integration/faultfs/file_history.h"

namespace holdfast::faultfs {

class FileTreeModel final : public Answerer {
 public:
  FileTreeModel();
  std::string answer(const Step& step) override;
  std::string everything() override;

 private:
  enum class Kind : std::uint8_t { file, directory, symlink };
  struct Inode;
  using InodePtr = std::shared_ptr<Inode>;
  struct Inode {
    Kind kind;
    std::string bytes{};  // of a file; a symlink's target
    std::map<std::string, InodePtr> entries{};
    int links = 1;
  };
  // Where a path leads: a directory and a name in it, and what it names, if anything.
  struct Place {
    const char* error = nullptr;
    InodePtr directory{};
    std::string name{};
    InodePtr inode{};
  };

  InodePtr root_;
  InodePtr slots_[kSlots];

  static constexpr int kMostSymlinks = 40;
  enum class Last : std::uint8_t { followed, itself };
  Place find(const std::string& path, Last last) const;
  Place walk(InodePtr at, const std::string& path, Last last, int& symlinks) const;
  static bool is_below(const InodePtr& inode, const InodePtr& top);
  static void describe(const Inode& directory, const std::string& prefix, std::string& text);

  std::string make(const Step& step, Kind kind);
  std::string open(const Step& step);
  std::string append(const Step& step);
  std::string truncate_path(const Step& step);
  std::string remove(const Step& step);
  std::string rename(const Step& step);
  std::string link(const Step& step);
  std::string look(const Step& step) const;
  std::string list(const Step& step) const;
  std::string on_slot(const Step& step);
  static std::string write(Inode& file, std::uint32_t offset, const std::string& bytes);
};

}  // namespace holdfast::faultfs
