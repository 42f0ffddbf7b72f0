// Which bytes a power cut may take, and which it may not. Its names: durability_ledger_names_test.cpp.
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

TEST(DurabilityLedger, ASyncDoesNotCoverBytesThatCameWhileItWasUnderWay) {
  DurabilityLedger ledger;
  ledger.wrote({kFile, "f"}, 0, 512, {}, 0);
  const auto begin = ledger.moment();
  ledger.wrote({kFile, "f"}, 512, 512, {}, 512);
  ledger.synced(kFile, begin);
  EXPECT_EQ(ledger.unsynced(kFile), (std::vector<DurabilityLedger::Range>{{512, 1024}}));
  EXPECT_EQ(ledger.cut(1, {Fate::lost, Fate::lost}).files.at(0).size, 512U);
}

TEST(DurabilityLedger, WhatAFailedSyncGaveUpIsLostUnlessItIsWrittenAgain) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  file.write(0, std::string(2048, 'o'));
  file.sync();
  file.write(0, std::string(1024, 'g'));
  ledger.given_up(kFile, ledger.moment(), true);
  file.write(512, std::string(512, 'n'));
  ledger.synced(kFile, ledger.moment());
  EXPECT_EQ(file.after(ledger.cut(1, {.data = Fate::kept})),
            std::string(512, 'o') + std::string(512, 'n') + std::string(1024, 'o'));
  ledger.reverted(kFile, ledger.moment());
  EXPECT_FALSE(ledger.is_unsynced(kFile));
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
  const std::vector<std::byte> old(DurabilityLedger::kMostBytes + 1, std::byte{'o'});
  ledger.wrote({kFile, "f"}, 0, old.size(), old, old.size());
  EXPECT_TRUE(ledger.crowded());
  ledger.synced(kFile, ledger.moment());
  EXPECT_FALSE(ledger.crowded());
}

TEST(DurabilityLedger, ZerosThatAreReplacedTakeNoRoom) {
  DurabilityLedger ledger;
  const std::vector<std::byte> old(DurabilityLedger::kMostBytes + 1);
  ledger.wrote({kFile, "f"}, 0, 1, old, old.size());
  EXPECT_FALSE(ledger.crowded());
}

TEST(DurabilityLedger, SaysOfAnyBytesWhetherACutLeavesThem) {
  DurabilityLedger ledger;
  TestFile file(ledger);
  const auto durable = [&](std::uint64_t begin, std::uint64_t end) {
    return ledger.is_durable(kFile, {begin, end});
  };
  file.write(0, std::string(1000, 'a'));
  EXPECT_FALSE(durable(0, 1));
  file.sync();
  EXPECT_TRUE(durable(0, 1000));
  file.write(600, std::string(100, 'b'));
  EXPECT_TRUE(durable(0, 600) && durable(700, 1000)) << "beside it";
  EXPECT_FALSE(durable(0, 601) || durable(699, 1000));
  file.truncate(900);
  file.truncate(2000);
  EXPECT_TRUE(durable(0, 600));
  EXPECT_FALSE(durable(850, 901)) << "it may be cut off";
  file.sync();
  EXPECT_TRUE(durable(0, 2000));
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

}  // namespace
}  // namespace holdfast::faultfs
