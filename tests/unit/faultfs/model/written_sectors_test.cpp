#include "faultfs/model/written_sectors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace holdfast::faultfs {
namespace {

using Range = DurabilityLedger::Range;

constexpr std::uint64_t kFile = 7;

std::span<const std::byte> as_bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

class WrittenSectorsTest : public testing::Test {
 protected:
  // What the program means, and what the disk makes of it.
  void write(std::uint64_t offset, const std::string& meant, bool arrives = true) {
    const std::uint64_t begin = WrittenSectors::first_byte(offset);
    const std::string before = begin < disk_.size() ? disk_.substr(begin) : "";
    sectors_.wrote(kFile, offset, as_bytes_of(meant), as_bytes_of(before));
    if (disk_.size() < offset + meant.size()) disk_.resize(offset + meant.size(), '\0');
    if (arrives) disk_.replace(offset, meant.size(), meant);
  }
  bool is_kept(const std::vector<Range>& without = {}) const {
    const auto runs = sectors_.runs(kFile, without, disk_.size());
    return std::ranges::all_of(runs, [&](const auto& run) {
      return checksum_of_run(as_bytes_of(disk_.substr(run.offset, run.end - run.offset))) == run.crc32c;
    });
  }
  std::vector<Range> known(const std::vector<Range>& without = {}) const {
    std::vector<Range> ranges;
    for (const auto& run : sectors_.runs(kFile, without, disk_.size()))
      ranges.push_back({run.offset, run.end});
    return ranges;
  }

  WrittenSectors sectors_;
  std::string disk_;
};

TEST_F(WrittenSectorsTest, WhatArrivesAsItWasMeantIsKept) {
  write(0, std::string(700, 'a'));
  write(300, std::string(1000, 'b'));
  write(1290, std::string(30, 'c'));
  EXPECT_THAT(known(), testing::ElementsAre(Range{0, 1320}));
  EXPECT_TRUE(is_kept());
}

TEST_F(WrittenSectorsTest, WhatDoesNotArriveIsMissed) {
  write(0, std::string(2048, 'a'));
  write(512, std::string(512, 'b'), false);
  EXPECT_FALSE(is_kept());
  EXPECT_TRUE(is_kept({{600, 601}})) << "its sector is left out";
}

TEST_F(WrittenSectorsTest, OfASectorThatWasDamagedAndWrittenInPartNothingIsKnown) {
  write(0, std::string(1024, 'a'), false);
  write(10, "bb");
  EXPECT_THAT(known(), testing::ElementsAre(Range{512, 1024}));
  write(0, std::string(512, 'c'));
  EXPECT_THAT(known(), testing::ElementsAre(Range{0, 1024})) << "it was written as a whole";
}

TEST_F(WrittenSectorsTest, ForgetsAndMoves) {
  write(0, std::string(2048, 'a'));
  sectors_.forget(kFile, 600, 700);
  EXPECT_THAT(known(), testing::ElementsAre(Range{0, 512}, Range{1024, 2048}));
  sectors_.moved(kFile, 8);
  EXPECT_THAT(known(), testing::IsEmpty());
  EXPECT_EQ(sectors_.runs(8, {}, 2048).size(), 2U);
}

TEST_F(WrittenSectorsTest, RunsAreShortEnoughToShowAPlace) {
  write(0, std::string(3 * WrittenSectors::kLongestRun, 'a'));
  EXPECT_EQ(known().size(), 3U);
}

TEST_F(WrittenSectorsTest, SaysWhenItDoesNotRememberAll) {
  const std::string piece(64 * WrittenSectors::kSector, 'a');
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < WrittenSectors::kMostSectors / 64; ++i, offset += piece.size())
    sectors_.wrote(kFile, offset, as_bytes_of(piece), {});
  EXPECT_TRUE(sectors_.complete());
  sectors_.wrote(kFile, offset, as_bytes_of("x"), {});
  EXPECT_FALSE(sectors_.complete());
}

}  // namespace
}  // namespace holdfast::faultfs
