// Which names a power cut may take, and which it may not.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "faultfs/model/durability_ledger.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kNamed = 7;
constexpr CutOptions kNoneKept{Fate::lost, Fate::lost};
constexpr std::uint64_t kRoot = 1, kBelow = 2;

NameChange made(std::uint64_t directory, const std::string& name, std::uint64_t inode) {
  return {.kind = NameChange::made, .directory = directory, .name = name, .inode = inode};
}
NameChange moved(std::uint64_t from, const std::string& name, std::uint64_t to, const std::string& to_name,
                 std::uint64_t inode) {
  return {NameChange::renamed, from, name, inode, to, to_name};
}

TEST(DurabilityLedger, ANameIsDurableAfterTheSyncOfItsDirectoryAndNotOfItsFile) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "f", kNamed));
  ledger.synced(kNamed, ledger.moment());
  EXPECT_EQ(ledger.cut(1, kNoneKept).names.size(), 1U);
  EXPECT_EQ(ledger.directory_synced(kRoot, ledger.moment()).size(), 1U);
  EXPECT_TRUE(ledger.cut(1, kNoneKept).names.empty());
}

TEST(DurabilityLedger, UndoesTheNewestNameFirst) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "new", kNamed));
  ledger.named(moved(kRoot, "new", kRoot, "old", kNamed));
  const auto cut = ledger.cut(1, kNoneKept);
  ASSERT_EQ(cut.names.size(), 2U);
  EXPECT_EQ(cut.names[0].kind, NameChange::renamed);
  EXPECT_EQ(cut.names[1].kind, NameChange::made);
}

TEST(DurabilityLedger, ASyncOfOneDirectoryLeavesTheChangesOfAnother) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "a", 10));
  ledger.named(made(kBelow, "b", 11));
  EXPECT_EQ(ledger.directory_synced(kBelow, ledger.moment()).size(), 1U);
  ASSERT_EQ(ledger.unsynced_names().size(), 1U);
  EXPECT_EQ(ledger.unsynced_names()[0].name, "a");
}

TEST(DurabilityLedger, ADirectoryWhoseRemovalIsDurableTakesAlongWhatWasInIt) {
  DurabilityLedger ledger;
  ledger.named({.kind = NameChange::removed, .directory = kBelow, .name = "b", .inode = 11});
  ledger.named({.kind = NameChange::removed, .directory = kRoot, .name = "below", .inode = kBelow});
  EXPECT_EQ(ledger.directory_synced(kRoot, ledger.moment()).size(), 2U);
}

TEST(DurabilityLedger, ASyncOfADirectoryDoesNotCoverNamesThatCameWhileItWasUnderWay) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "f", kNamed));
  const auto begin = ledger.moment();
  ledger.named(made(kRoot, "g", 8));
  EXPECT_EQ(ledger.directory_synced(kRoot, begin).size(), 1U);
  EXPECT_EQ(ledger.unsynced_names().at(0).name, "g");
}

TEST(DurabilityLedger, ARenameAcrossDirectoriesTakesWithItWhatCameBeforeInBoth) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "a", 10));
  ledger.named(moved(kRoot, "a", kBelow, "b", 10));
  ledger.named(made(kRoot, "later", 12));
  EXPECT_EQ(ledger.directory_synced(kBelow, ledger.moment()).size(), 2U);
  EXPECT_EQ(ledger.unsynced_names().at(0).name, "later");
}

TEST(DurabilityLedger, WhatMovedIntoANewDirectoryIsNeverUnderNeitherName) {
  DurabilityLedger ledger;
  constexpr std::uint64_t kOther = 3;
  ledger.named(made(kRoot, "below", kBelow));
  ledger.named(moved(kOther, "a", kBelow, "a", 10));
  EXPECT_EQ(ledger.directory_synced(kBelow, ledger.moment()).size(), 2U)
      << "the directory's own name comes with it";
}

TEST(DurabilityLedger, SeedsKeepThePrefixesThatAJournalCouldLeave) {
  DurabilityLedger ledger;
  for (std::uint64_t i = 0; i < 4; ++i) ledger.named(made(kRoot, std::to_string(i), 10 + i));
  std::map<std::size_t, int> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto cut = ledger.cut(seed, {});
    for (std::size_t i = 0; i < cut.kept_names.size(); ++i)
      EXPECT_EQ(cut.kept_names[i].name, std::to_string(i));
    EXPECT_EQ(cut.names.size() + cut.kept_names.size(), 4U);
    ++seen[cut.kept_names.size()];
  }
  EXPECT_EQ(seen.size(), 5U) << "none, some and all";
}

// Directories and the names in them; 1 is the root.
using Tree = std::map<std::uint64_t, std::map<std::string, std::uint64_t>>;

// A tree of names with its ledger, and what was promised of it.
class TestTree {
 public:
  void make(std::uint64_t directory, const std::string& name, bool is_directory) {
    if (tree_[directory].contains(name)) return;
    const std::uint64_t inode = next_++;
    tree_[directory][name] = inode;
    if (is_directory) directories_.push_back(inode);
    ledger_.named(made(directory, name, inode));
    change(directory, name);
  }
  void remove(std::uint64_t directory, const std::string& name) {
    const auto inode = named_file(directory, name);
    if (inode == 0) return;
    tree_[directory].erase(name);
    durably_named_.erase(inode);
    ledger_.named({.kind = NameChange::removed, .directory = directory, .name = name, .inode = inode});
    change(directory, name);
  }
  void rename(std::uint64_t from, const std::string& name, std::uint64_t to, const std::string& to_name) {
    const auto inode = named_file(from, name);
    const auto target = tree_[to].find(to_name);
    const auto replaced = target == tree_[to].end() ? 0 : target->second;
    if (inode == 0 || inode == replaced || (replaced != 0 && named_file(to, to_name) == 0)) return;
    tree_[from].erase(name);
    tree_[to][to_name] = inode;
    durably_named_.erase(replaced);
    ledger_.named({NameChange::renamed, from, name, inode, to, to_name, replaced});
    change(from, name);
    change(to, to_name);
  }
  void sync(std::uint64_t directory) {
    (void)ledger_.directory_synced(directory, ledger_.moment());
    promised_[directory].clear();
    for (const char* name : {"a", "b", "c"}) {
      const auto found = tree_[directory].find(name);
      promised_[directory][name] = found == tree_[directory].end() ? 0 : found->second;
    }
    if (directory != 1) return;
    for (const auto& [name, inode] : tree_[1]) durably_named_.insert({inode, name});
  }

  // Why what a cut leaves breaks a promise; empty when it does not.
  std::string objection(std::uint64_t seed) const {
    Tree left = tree_;
    for (const NameChange& undone : ledger_.cut(seed, {}).names) undo(left, undone);
    for (const auto& [directory, names] : promised_)
      for (const auto& [name, inode] : names) {
        const auto found = left[directory].find(name);
        if ((found == left[directory].end() ? 0 : found->second) != inode)
          return "the promised name " + name + " in " + std::to_string(directory) + " is another";
      }
    for (const auto& [directory, names] : promised_)
      for (const auto& [name, inode] : names)
        if (!ledger_.is_durable(directory, name)) return "of the promised name " + name + " it knows nothing";
    for (const auto& [directory, names] : tree_)
      for (const auto& [name, inode] : names)
        if (ledger_.is_durable(directory, name) && left[directory][name] != inode)
          return "the name " + name + " that it says is durable is another";
    const auto reached = reachable(left);
    for (const auto& [inode, name] : durably_named_)
      if (std::ranges::find(reached, inode) == reached.end()) return "the file once " + name + " has no name";
    return "";
  }
  std::uint64_t some_directory(std::uint64_t draw) const { return directories_[draw % directories_.size()]; }

 private:
  static void undo(Tree& tree, const NameChange& change) {
    if (change.kind == NameChange::made) tree[change.directory].erase(change.name);
    if (change.kind == NameChange::removed) tree[change.directory][change.name] = change.inode;
    if (change.kind != NameChange::renamed) return;
    tree[change.to_directory].erase(change.to_name);
    if (change.replaced != 0) tree[change.to_directory][change.to_name] = change.replaced;
    tree[change.directory][change.name] = change.inode;
  }
  static std::vector<std::uint64_t> reachable(const Tree& tree) {
    std::vector<std::uint64_t> reached = {1};
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (const auto below = tree.find(reached[i]); below != tree.end())
        for (const auto& [name, inode] : below->second) reached.push_back(inode);
    return reached;
  }
  // 0: there is none, or it is a directory.
  std::uint64_t named_file(std::uint64_t directory, const std::string& name) {
    const auto found = tree_[directory].find(name);
    if (found == tree_[directory].end()) return 0;
    return std::ranges::find(directories_, found->second) == directories_.end() ? found->second : 0;
  }
  void change(std::uint64_t directory, const std::string& name) { promised_[directory].erase(name); }

  DurabilityLedger ledger_;
  Tree tree_;
  std::vector<std::uint64_t> directories_ = {1};
  std::map<std::uint64_t, std::map<std::string, std::uint64_t>> promised_;
  std::map<std::uint64_t, std::string> durably_named_;  // and not removed since
  std::uint64_t next_ = 2;
};

TEST(DurabilityLedger, AfterAnyHistoryOfNamesACutKeepsThosePromisedAndLeavesNoFileNameless) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    TestTree tree;
    std::uint64_t drawn = seed;
    const auto below = [&drawn](std::uint64_t bound) { return (drawn = mix64(drawn + 1)) % bound; };
    const auto name = [&] { return std::string(1, static_cast<char>('a' + below(3))); };
    for (std::uint64_t step = 0; step < 40; ++step) {
      const std::uint64_t what = below(8);
      const std::uint64_t directory = tree.some_directory(below(100));
      const std::uint64_t other = tree.some_directory(below(100));
      const std::string first = name(), second = name();
      if (what < 2) tree.make(directory, first, false);
      if (what == 2) tree.make(directory, first, true);
      if (what == 3) tree.remove(directory, first);
      if (what == 4 || what == 5) tree.rename(directory, first, other, second);
      if (what > 5) tree.sync(directory);
      ASSERT_EQ(tree.objection(seed * 100 + step), "") << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace holdfast::faultfs
