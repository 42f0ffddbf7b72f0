#include "faultfs/fuse/listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fuse.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <string>

#include "tests/temporary_directory.h"

namespace holdfast::faultfs {
namespace {

struct Entry {
  std::string name;
  off_t next;
  std::uint32_t type;
};

class ListingTest : public testing::Test {
 protected:
  TemporaryDirectory directory_;

  void make(const std::string& name) const { std::ofstream(directory_ / name) << "text"; }
  Listing listing() const {
    return Listing(Descriptor(::open((directory_ / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  }
  // What one answer of this size holds, taken apart as the kernel does.
  static std::vector<Entry> entries(Listing& listing, std::size_t size, off_t offset) {
    std::vector<std::byte> answer(size);
    const ssize_t used = listing.fill(answer, offset);
    EXPECT_GE(used, 0);
    std::vector<Entry> entries;
    for (ssize_t at = 0; at < used;) {
      fuse_dirent head;
      std::memcpy(static_cast<void*>(&head), answer.data() + at, FUSE_NAME_OFFSET);
      const auto* name = reinterpret_cast<const char*>(answer.data() + at + FUSE_NAME_OFFSET);
      entries.push_back({{name, head.namelen}, static_cast<off_t>(head.off), head.type});
      at += static_cast<ssize_t>(FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + head.namelen));
      EXPECT_LE(at, used) << "whole entries";
    }
    return entries;
  }
  static std::vector<std::string> names_from(Listing& listing, std::size_t size, off_t offset) {
    std::vector<std::string> names;
    for (auto some = entries(listing, size, offset); !some.empty(); some = entries(listing, size, offset)) {
      for (const Entry& entry : some) names.push_back(entry.name);
      offset = some.back().next;
    }
    return names;
  }
};

TEST_F(ListingTest, TellsEachNameOnceWhateverTheSizeOfTheAnswers) {
  std::set<std::string> made = {".", ".."};
  for (std::size_t length = 1; length <= 255; ++length) {
    made.insert(std::string(length, 'n'));
    make(std::string(length, 'n'));
  }
  for (const std::size_t size :
       {std::size_t{280}, std::size_t{512}, std::size_t{4096}, std::size_t{1 << 20}}) {
    auto opened = listing();
    const auto names = names_from(opened, size, 0);
    EXPECT_EQ(std::set(names.begin(), names.end()), made) << size;
    EXPECT_EQ(names.size(), made.size()) << size;
  }
}

TEST_F(ListingTest, GoesOnFromAnyPositionAndTellsFilesFromDirectories) {
  for (int i = 0; i < 100; ++i) make("f" + std::to_string(i));
  auto opened = listing();
  const auto all = entries(opened, 1 << 20, 0);
  ASSERT_EQ(all.size(), 102U);
  const auto rest = entries(opened, 1 << 20, all[49].next);
  ASSERT_EQ(rest.size(), 52U);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    EXPECT_EQ(rest[i].name, all[50 + i].name);
    EXPECT_EQ(rest[i].type, rest[i].name[0] == '.' ? DT_DIR : DT_REG);
  }
  EXPECT_TRUE(entries(opened, 1 << 20, rest.back().next).empty());
  EXPECT_EQ(entries(opened, 1 << 20, 0).size(), all.size()) << "from the beginning again";
}

TEST_F(ListingTest, AnAnswerIsFilledAsFarAsEntriesFit) {
  for (int i = 0; i < 1000; ++i) make("f" + std::to_string(1000 + i));
  auto opened = listing();
  constexpr std::size_t kEntry = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + 5);
  for (const off_t offset : {off_t{0}, entries(opened, 4096, 0).back().next})
    EXPECT_GE(entries(opened, 4096, offset).size(), (4096 - 280) / kEntry);
}

TEST_F(ListingTest, AnErrorIsTold) {
  Listing none{Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC))};
  std::vector<std::byte> answer(4096);
  EXPECT_EQ(none.fill(answer, 0), -1);
  EXPECT_EQ(errno, ENOTDIR);
}

}  // namespace
}  // namespace holdfast::faultfs
