// What the contract of the FileSystem port (core/env/file_system.h) lets a power cut leave of a history,
// whoever kept the files. Pure, and written for being plainly right.
//
//   CrashModel model;
//   model.note(step, player.answer(step));             // each step, and what was answered
//   EXPECT_EQ(model.objection(player.everything()), "");  // after the power was cut
//
// - A file is as long as after some change since its last sync, or as at it, and each sector of 512 bytes is
// as
//   it was then or after some change since.
// - A name is as at the last sync of its directory, or as after some change since.
// - A file that was once durably named, and neither removed nor replaced, is still there, under one name.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/conformance/port_history.h"

namespace holdfast {

class CrashModel {
 public:
  CrashModel();
  void note(const PortStep& step, const std::string& answer);
  // Empty when what is there is allowed.
  std::string objection(const FoundTree& found) const;

 private:
  static constexpr int kRoot = 1, kNobody = 0;
  struct Inode {
    bool is_directory = false;
    std::vector<std::string> versions = {""};       // of a file: at its last sync and after each change since
    bool sync_failed = false;                       // so nothing since the last good one is believed
    std::map<std::string, int> names;               // of a directory, as seen
    std::map<std::string, std::set<int>> possible;  // who may have the name: where it changed since the sync
  };
  struct Place {
    int directory = kNobody;
    std::string name;
  };

  std::map<int, Inode> inodes_;
  std::array<int, PortStep::kSlots> slots_{};
  std::map<unsigned char, int> writer_of_;  // by letter: into which file
  std::set<int> durably_named_;
  int next_ = kRoot + 1;

  int at(const std::string& path) const;
  Place place_of(const std::string& path) const;
  int inode_in(const Place& place) const;
  void change_name(const Place& place, int inode);
  void lose(int inode);
  void note_open(const PortStep& step);
  void note_change(const PortStep& step, std::uint64_t done);
  void note_directory_sync(int directory);
  void anchor_below(int directory);

  std::string object_to(int directory, const std::string& path, const FoundTree& found) const;
  bool allows(int inode, const std::string& path, const FoundTree& found) const;
  static bool allows_bytes(const Inode& file, const std::string& bytes);
  std::string object_to_identities(const FoundTree& found) const;
};

}  // namespace holdfast
