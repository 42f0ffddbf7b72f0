#include "simulator/world/virtual/file_content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "core/base/random.h"

namespace holdfast::world {
namespace {

std::string text_of(const FileContent& content) { return std::string(as_text(content.read_all())); }

TEST(FileContent, CuttingOffAndExtendingAgainLeavesZeros) {
  FileContent content;
  content.write(0, as_bytes(std::string(5000, 'x')));
  content.truncate(10);
  content.truncate(20);
  EXPECT_EQ(text_of(content), std::string(10, 'x') + std::string(10, '\0'));
}

TEST(FileContent, AgreesWithAPlainModelOverRandomLives) {
  FileContent content;
  std::string model;
  RandomStream random(3);
  for (int step = 0; step < 2000; ++step) {
    const auto offset = static_cast<std::size_t>(random.below(60'000));
    if (random.below(10) < 7) {
      const auto size = static_cast<std::size_t>(1 + random.below(20'000));
      const std::string bytes(size, static_cast<char>('a' + random.below(26)));
      content.write(offset, as_bytes(bytes));
      model.resize(std::max(model.size(), offset + size));
      model.replace(offset, size, bytes);
    } else {
      content.truncate(offset);
      model.resize(offset);
    }
    ASSERT_EQ(text_of(content), model) << step;
    ASSERT_EQ(as_text(content.read(offset, 100)), model.substr(std::min(offset, model.size()), 100)) << step;
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

TEST(FileContent, BytesAreChangedWhereTheyLieAndNoneBeyondTheEnd) {
  FileContent content;
  content.truncate(20'000);
  content.change(16'380, 30'000,
                 [](std::uint64_t, std::span<std::byte> bytes) { std::ranges::fill(bytes, std::byte{'-'}); });
  EXPECT_EQ(text_of(content), std::string(16'380, '\0') + std::string(3620, '-'));
}

}  // namespace
}  // namespace holdfast::world
