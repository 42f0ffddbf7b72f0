#include "faultfs/model/durability_ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kFile = 7;

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// One file as the ledger's owner sees it, with all it was since its last sync.
class TestFile {
 public:
  explicit TestFile(DurabilityLedger& ledger) : ledger_(ledger) {}

  void write(std::uint64_t offset, const std::string& text) {
    const std::string old = offset < now_.size() ? now_.substr(offset, text.size()) : "";
    ledger_.wrote({kFile, "f"}, offset, text.size(), bytes_of(old), now_.size());
    place(offset, text);
  }
  void write_durably(std::uint64_t offset, const std::string& text) {
    place(offset, text);
    ledger_.wrote_durably(kFile, offset, text.size(), now_.size());
    for (Version& version : versions_) {
      version.bytes.resize(std::min(version.bytes.size(), version.cut_to));
      version.bytes.resize(now_.size(), '\0');
      const std::uint64_t first = offset / DurabilityLedger::kSector * DurabilityLedger::kSector;
      const std::uint64_t end = offset + text.size() + DurabilityLedger::kSector - 1;
      const std::string sectors =
          now_.substr(first, end / DurabilityLedger::kSector * DurabilityLedger::kSector - first);
      version.bytes.replace(first, sectors.size(), sectors);
      version.cut_to = std::string::npos;
    }
    promise(offset, text.size());
  }
  void truncate(std::uint64_t size) {
    const std::string old = size < now_.size() ? now_.substr(size) : "";
    ledger_.truncated({kFile, "f"}, size, bytes_of(old), now_.size());
    now_.resize(size, '\0');
    promised_.erase(promised_.lower_bound(size), promised_.end());
    for (Version& version : versions_) version.cut_to = std::min<std::size_t>(version.cut_to, size);
    versions_.push_back({now_});
  }
  void sync() {
    ledger_.synced(kFile, ledger_.moment());
    versions_ = {{now_}};
    promise(0, now_.size());
  }

  std::string after(const PowerCut& cut) const {
    std::string left = now_;
    for (const FileUndo& file : cut.files) {
      for (const OldBytes& old : file.writes) {
        if (left.size() < old.offset + old.bytes.size()) left.resize(old.offset + old.bytes.size());
        for (std::size_t i = 0; i < old.bytes.size(); ++i)
          left[old.offset + i] = static_cast<char>(old.bytes[i]);
      }
      left.resize(file.size);
    }
    return left;
  }

  // Why a cut may not leave the file so; empty when it may.
  std::string objection(const std::string& left) const {
    for (const auto& [at, byte] : promised_)
      if (at >= left.size() || left[at] != byte) return "promised byte " + std::to_string(at) + " is gone";
    if (std::ranges::none_of(versions_, [&](const auto& one) { return one.bytes.size() == left.size(); }))
      return "it was never " + std::to_string(left.size()) + " bytes long";
    for (std::size_t at = 0; at < left.size(); at += DurabilityLedger::kSector)
      if (!was_once(left, at)) return "the sector at " + std::to_string(at) + " was never so";
    return "";
  }

  const std::string& now() const { return now_; }

 private:
  struct Version {
    std::string bytes;
    std::size_t cut_to = std::string::npos;  // by the shortest truncation since
  };

  void place(std::uint64_t offset, const std::string& text) {
    if (now_.size() < offset + text.size()) now_.resize(offset + text.size(), '\0');
    now_.replace(offset, text.size(), text);
    promised_.erase(promised_.lower_bound(offset), promised_.lower_bound(offset + text.size()));
    versions_.push_back({now_});
  }
  void promise(std::uint64_t offset, std::size_t size) {
    for (std::uint64_t at = offset; at < offset + size; ++at) promised_[at] = now_[at];
  }
  bool was_once(const std::string& left, std::size_t at) const {
    const std::string sector = left.substr(at, DurabilityLedger::kSector);
    return std::ranges::any_of(versions_, [&](const Version& one) {
      std::string version = one.bytes;
      version.resize(std::max(version.size(), at + DurabilityLedger::kSector), '\0');
      return version.compare(at, sector.size(), sector) == 0;
    });
  }

  DurabilityLedger& ledger_;
  std::string now_;
  std::vector<Version> versions_{{""}};
  std::map<std::uint64_t, char> promised_;
};

constexpr CutOptions kAllLost{Fate::lost, Fate::lost};
constexpr CutOptions kAllKept{Fate::kept, Fate::kept};

TEST(DurabilityLedger, WhatIsSyncedStaysAndWhatIsNotMayGo) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, "synced");
  file.sync();
  file.write(6, " and not");
  EXPECT_EQ(file.after(ledger.cut(1, kAllLost)), "synced");
  EXPECT_EQ(file.after(ledger.cut(1, kAllKept)), "synced and not");
}

TEST(DurabilityLedger, AWriteOverSyncedBytesGivesThemBack) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, "abcdef");
  file.sync();
  file.write(2, "XY");
  file.write(3, "Z");
  EXPECT_EQ(file.after(ledger.cut(1, kAllLost)), "abcdef");
}

TEST(DurabilityLedger, ALostTruncationGivesBackWhatItCutOff) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, "abcdef");
  file.sync();
  file.truncate(2);
  file.write(2, "new");
  EXPECT_EQ(file.after(ledger.cut(1, kAllLost)), "abcdef");
  EXPECT_EQ(file.after(ledger.cut(1, kAllKept)), "abnew");
}

TEST(DurabilityLedger, AWriteThroughODsyncStaysAmongOthersThatGo) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  const std::string sector(DurabilityLedger::kSector, 'b');
  file.write(0, std::string(3 * sector.size(), 'a'));
  file.sync();
  file.write(0, sector + sector + sector);
  file.write_durably(sector.size() + 100, "CC");
  const std::string left = file.after(ledger.cut(1, kAllLost));
  EXPECT_EQ(left.find_first_not_of('a'), sector.size()) << "its sector, as a disk writes it, and no other";
  EXPECT_EQ(left.substr(sector.size() + 100, 2), "CC");
  EXPECT_EQ(left.substr(2 * sector.size()), std::string(sector.size(), 'a'));
  EXPECT_EQ(ledger.unsynced(kFile), (std::vector<DurabilityLedger::Range>{{0, 512}, {1024, 1536}}));
}

TEST(DurabilityLedger, KnowsTheUnsyncedRangesAtAnyMoment) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, "abc");
  file.write(3, "def");
  file.write(10, "x");
  EXPECT_EQ(ledger.unsynced(kFile), (std::vector<DurabilityLedger::Range>{{0, 6}, {10, 11}}));
  file.sync();
  EXPECT_TRUE(ledger.unsynced(kFile).empty());
  EXPECT_TRUE(ledger.unsynced_files().empty());
}

TEST(DurabilityLedger, SeedsDrawKeptLostAndTornWrites) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, std::string(8192, 'n'));
  std::uint64_t kept = 0, lost = 0, torn = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const FileUndo undo = ledger.cut(seed, {}).files.at(0);
    kept += undo.kept;
    lost += undo.lost;
    torn += undo.torn;
  }
  EXPECT_GT(kept, 10U);
  EXPECT_GT(lost, 10U);
  EXPECT_GT(torn, 10U);
}

TEST(DurabilityLedger, IsCrowdedBeyondItsBoundAndEmptyOnceAllIsSynced) {
  DurabilityLedger ledger;
  const std::vector<std::byte> old(DurabilityLedger::kMostBytes + 1);
  ledger.wrote({kFile, "f"}, 0, old.size(), old, old.size());
  EXPECT_TRUE(ledger.crowded());
  ledger.synced(kFile, ledger.moment());
  EXPECT_FALSE(ledger.crowded());
}

// Seeds play a history each, and cut it after every step.
TEST(DurabilityLedger, AfterAnyHistoryACutKeepsEveryPromiseAndInventsNothing) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    DurabilityLedger ledger;
    TestFile file(ledger);
    std::uint64_t drawn = seed;
    const auto below = [&drawn](std::uint64_t bound) { return (drawn = mix64(drawn + 1)) % bound; };
    for (int step = 0; step < 25; ++step) {
      const std::uint64_t what = below(8);
      const std::uint64_t offset = below(3000);
      const std::string text(1 + below(1500), static_cast<char>('a' + step));
      if (what < 4) file.write(offset, text);
      if (what == 4) file.write_durably(offset, text);
      if (what == 5) file.truncate(offset);
      if (what == 6) file.sync();
      if (what == 7) file.write(file.now().size(), text);
      const std::string left = file.after(ledger.cut(seed * 100 + static_cast<std::uint64_t>(step), {}));
      ASSERT_EQ(file.objection(left), "") << "seed " << seed << ", step " << step;
    }
  }
}

// ---- names --------------------------------------------------------------------------------------

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
  ledger.named(made(kRoot, "f", kFile));
  ledger.synced(kFile, ledger.moment());
  EXPECT_EQ(ledger.cut(1, kAllLost).names.size(), 1U);
  EXPECT_EQ(ledger.directory_synced(kRoot, ledger.moment()).size(), 1U);
  EXPECT_TRUE(ledger.cut(1, kAllLost).names.empty());
}

TEST(DurabilityLedger, UndoesTheNewestNameFirst) {
  DurabilityLedger ledger;
  ledger.named(made(kRoot, "new", kFile));
  ledger.named(moved(kRoot, "new", kRoot, "old", kFile));
  const auto cut = ledger.cut(1, kAllLost);
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

TEST(DurabilityLedger, ASyncDoesNotCoverWhatCameWhileItWasUnderWay) {
  DurabilityLedger ledger;
  ledger.wrote({kFile, "f"}, 0, 512, {}, 0);
  ledger.named(made(kRoot, "f", kFile));
  const auto begin = ledger.moment();
  ledger.wrote({kFile, "f"}, 512, 512, {}, 512);
  ledger.named(made(kRoot, "g", 8));
  ledger.synced(kFile, begin);
  EXPECT_THAT(ledger.unsynced(kFile), testing::ElementsAre(DurabilityLedger::Range{512, 1024}));
  EXPECT_EQ(ledger.cut(1, kAllLost).files.at(0).size, 512U);
  EXPECT_EQ(ledger.directory_synced(kRoot, begin).size(), 1U);
  EXPECT_EQ(ledger.unsynced_names().at(0).name, "g");
}

TEST(DurabilityLedger, WhatAFailedSyncGaveUpIsLostUnlessItIsWrittenAgain) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, std::string(2048, 'o'));
  file.sync();
  file.write(0, std::string(1024, 'g'));
  ledger.given_up(kFile, ledger.moment());
  file.write(512, std::string(512, 'n'));
  ledger.synced(kFile, ledger.moment());
  EXPECT_EQ(file.after(ledger.cut(1, {.data = Fate::kept})),
            std::string(512, 'o') + std::string(512, 'n') + std::string(1024, 'o'));
  ledger.reverted(kFile);
  EXPECT_FALSE(ledger.is_unsynced(kFile));
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
