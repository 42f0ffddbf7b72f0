#include "simulator/world/virtual/file_content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace holdfast::world {
namespace {

std::string text_of(const ByteBuffer& bytes) { return std::string(as_text(bytes)); }

void sync(FileContent& content, bool arrives = true) {
  content.begin_sync();
  content.end_sync(arrives);
}

TEST(FileContent, WritesAreVisibleAtOnceAndDurableAfterASync) {
  FileContent content;
  content.write(0, as_bytes("hello"));
  EXPECT_EQ(text_of(content.visible_bytes()), "hello");
  EXPECT_FALSE(content.durable(0, 5));
  EXPECT_EQ(text_of(content.durable_bytes()), "");
  sync(content);
  EXPECT_TRUE(content.durable(0, 5));
  EXPECT_EQ(text_of(content.durable_bytes()), "hello");
}

TEST(FileContent, AnOverwriteKeepsTheOldBytesUntilTheNextSync) {
  FileContent content;
  content.write(0, as_bytes("hello world"));
  sync(content);
  content.write(6, as_bytes("there"));
  EXPECT_EQ(text_of(content.durable_bytes()), "hello world");
  EXPECT_TRUE(content.durable(0, 6)) << "these bytes are what they were";
  EXPECT_FALSE(content.durable(0, 7));
  sync(content);
  EXPECT_EQ(text_of(content.durable_bytes()), "hello there");
}

TEST(FileContent, AnAppendIntoASyncedSectorLeavesItsBeginningDurable) {
  FileContent content;
  content.write(0, as_bytes("first"));
  sync(content);
  content.write(5, as_bytes("second"));
  EXPECT_TRUE(content.durable(0, 5));
  EXPECT_FALSE(content.durable(5, 6));
  EXPECT_EQ(text_of(content.durable_bytes()), "first");
}

TEST(FileContent, AFailedSyncLosesItsBytesForGood) {
  FileContent content;
  content.write(0, as_bytes("kept"));
  sync(content);
  content.write(4, as_bytes("lost"));
  sync(content, false);
  sync(content, true);
  EXPECT_EQ(text_of(content.visible_bytes()), "keptlost");
  EXPECT_TRUE(content.durable(0, 4));
  EXPECT_FALSE(content.durable(4, 8)) << "clean, so the second sync had nothing to write";
  EXPECT_EQ(text_of(content.durable_bytes()), std::string("kept\0\0\0\0", 8));
}

TEST(FileContent, WritingLostBytesAgainRevivesThem) {
  FileContent content;
  content.write(0, as_bytes("lost"));
  sync(content, false);
  content.write(0, as_bytes("lost"));
  sync(content);
  EXPECT_TRUE(content.durable(0, 4));
}

TEST(FileContent, BytesWrittenDuringASyncBelongToTheNext) {
  FileContent content;
  content.write(0, as_bytes("one"));
  content.begin_sync();
  content.write(3, as_bytes("two"));
  content.write(0, as_bytes("O"));
  content.end_sync(true);
  EXPECT_EQ(text_of(content.durable_bytes()), "one");
  EXPECT_FALSE(content.durable(0, 1));
  EXPECT_TRUE(content.durable(1, 3));
  EXPECT_FALSE(content.durable(0, 6));
  sync(content);
  EXPECT_EQ(text_of(content.durable_bytes()), "Onetwo");
}

TEST(FileContent, CuttingOffIsDurableOnlyAfterASync) {
  FileContent content;
  content.write(0, as_bytes(std::string(5000, 'x')));
  sync(content);
  content.truncate(10);
  EXPECT_EQ(content.size(), 10u);
  EXPECT_EQ(text_of(content.durable_bytes()), std::string(5000, 'x'));
  content.truncate(20);
  EXPECT_EQ(text_of(content.visible_bytes()), std::string(10, 'x') + std::string(10, '\0'));
  sync(content);
  EXPECT_EQ(text_of(content.durable_bytes()), std::string(10, 'x') + std::string(10, '\0'));
}

TEST(FileContent, SealingAfterAFailedSyncAtTheLastSyncedByteIsSound) {
  FileContent content;
  content.write(0, as_bytes("synced"));
  sync(content);
  content.write(6, as_bytes("gone"));
  sync(content, false);
  content.truncate(6);
  sync(content);
  EXPECT_TRUE(content.durable(0, 6));
  EXPECT_EQ(text_of(content.durable_bytes()), "synced");
}

// The plainest model of a file: the device as one array, and which sectors a sync would write.
struct PlainModel {
  static constexpr std::size_t kSector = FileContent::kSector;
  static constexpr std::size_t kSectors = 24;
  std::string seen;
  std::string device = std::string(kSector * kSectors, '\0');
  std::size_t device_size = 0;
  std::vector<bool> dirty = std::vector<bool>(kSectors);

  void mark(std::size_t begin, std::size_t end) {
    for (std::size_t s = begin / kSector; s < (end + kSector - 1) / kSector; ++s) dirty[s] = true;
  }
  void write(std::size_t offset, const std::string& bytes) {
    if (seen.size() < offset + bytes.size()) seen.resize(offset + bytes.size());
    seen.replace(offset, bytes.size(), bytes);
    mark(offset, offset + bytes.size());
  }
  void truncate(std::size_t size) {
    if (size < seen.size()) mark(size, seen.size());
    seen.resize(size);
  }
  void sync(bool arrives) {
    std::string padded = seen;
    padded.resize(device.size());
    for (std::size_t s = 0; s < kSectors; ++s)
      if (dirty[s] && arrives) device.replace(s * kSector, kSector, padded, s * kSector, kSector);
    if (arrives) device_size = seen.size();
    dirty.assign(kSectors, false);
  }
};

TEST(FileContent, AgreesWithAPlainModelOverRandomLives) {
  FileContent content;
  PlainModel model;
  RandomStream random(3);
  for (int step = 0; step < 4000; ++step) {
    const auto choice = random.below(10);
    const auto offset = static_cast<std::size_t>(random.below(6000));
    if (choice < 6) {
      const auto size = static_cast<std::size_t>(1 + random.below(2000));
      const std::string bytes(size, static_cast<char>('a' + random.below(26)));
      content.write(offset, as_bytes(bytes));
      model.write(offset, bytes);
    } else if (choice == 6) {
      content.truncate(offset);
      model.truncate(offset);
    } else {
      sync(content, choice != 9);
      model.sync(choice != 9);
    }
    ASSERT_EQ(text_of(content.visible_bytes()), model.seen) << step;
    ASSERT_EQ(text_of(content.durable_bytes()), model.device.substr(0, model.device_size)) << step;
  }
}

TEST(FileContent, ASparseFileReadsZeros) {
  FileContent content;
  content.truncate(1 << 20);
  content.write(700'000, as_bytes("far"));
  ByteBuffer bytes(16);
  EXPECT_EQ(content.read((1 << 20) - 8, bytes), 8u);
  EXPECT_TRUE(std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; }));
  EXPECT_EQ(content.read(1 << 20, bytes), 0u);
}

TEST(FileContent, AppendingToALargePreallocatedFileStaysDurableStepByStep) {
  FileContent content;
  content.truncate(8 << 20);
  sync(content);
  std::uint64_t at = 0;
  for (int i = 0; i < 2000; ++i) {
    content.write(at, as_bytes(std::string(100, 'r')));
    EXPECT_FALSE(content.durable(at, at + 100));
    sync(content);
    EXPECT_TRUE(content.durable(0, at + 100));
    at += 100;
  }
}

TEST(FileContent, DamageIsSeenAtOnceAndStaysAfterAPowerCut) {
  FileContent content;
  content.write(0, as_bytes("hello world"));
  sync(content);
  content.write(600, as_bytes("later"));
  const auto blank = [](std::uint64_t, std::span<std::byte> bytes) {
    std::ranges::fill(bytes, std::byte{'-'});
  };
  content.damage(3, 7, blank);
  EXPECT_EQ(text_of(content.visible_bytes()).substr(0, 11), "hel----orld");
  EXPECT_EQ(text_of(content.durable_bytes()), "hel----orld");
  EXPECT_TRUE(content.durable(0, 11)) << "what is damaged is durable, damaged";
  content.write(0, as_bytes("HELLO"));
  content.damage(6, 8, blank);
  EXPECT_EQ(text_of(content.durable_bytes()), "hel-----rld") << "under a write that is not synced, too";
  EXPECT_EQ(text_of(content.visible_bytes()).substr(0, 11), "HELLO---rld");
}

}  // namespace
}  // namespace holdfast::world
