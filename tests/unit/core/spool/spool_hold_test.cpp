// Settled segments that wait for a usage file, and what a usage file reads of them.
#include "core/spool/spool.h"
#include "tests/unit/core/spool/locations_fixture.h"

namespace holdfast::spool {
namespace {

constexpr auto kHold = [](std::uint64_t max_bytes) {
  return SpoolSettings{
      .directories = {kDirectory, kBackup}, .max_bytes = max_bytes, .segment_bytes = 1024, .hold = true};
};

std::vector<std::uint64_t> whole(const Spool& spool, const SegmentInfo& segment) {
  std::vector<std::uint64_t> sequences;
  EXPECT_TRUE(
      spool.read_whole(segment, [&](const FrameView& frame) { sequences.push_back(frame.sequence); }));
  return sequences;
}

TEST(SpoolHold, SegmentsOfThisLifeWaitUntilTheHoldHasPassedThem) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kHold(1 << 20));
    EXPECT_FALSE(spool->commit(Frames(60).span()).error);
    EXPECT_EQ(drain(*spool), numbers(1, 60));
    EXPECT_EQ(spool->retire(), 0U);
    const auto held = spool->held();
    ASSERT_GT(held.size(), 2U);
    EXPECT_LT(held[0].id, held[1].id) << "the oldest first";
    spool->hold_from(held[1].id);
    EXPECT_EQ(spool->retire(), 1U);
    spool->hold_from(Spool::kHoldNone);
    EXPECT_TRUE(spool->held().empty());
    EXPECT_TRUE(spool->close());
    EXPECT_EQ(world.segment_bytes(), 0U);
  });
}

TEST(SpoolHold, ThoseOfAnEarlierLifeWaitUntilTheyAreLetGo) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kHold(1 << 20));
    EXPECT_FALSE(spool->commit(Frames(5).span()).error);
    world.kill(std::move(spool));
    spool = world.open(kHold(1 << 20));
    EXPECT_TRUE(spool->all_inherited());
    const auto inherited = spool->take_inherited();
    ASSERT_EQ(inherited.size(), 1U);
    EXPECT_TRUE(spool->take_inherited().empty()) << "each is told once";
    EXPECT_EQ(drain(*spool), numbers(1, 5));
    spool->hold_from(Spool::kHoldNone);
    EXPECT_EQ(spool->retire(), 0U);
    EXPECT_EQ(whole(*spool, inherited[0]), numbers(1, 5)) << "settled ones too";
    spool->let_go(inherited[0].id);
    EXPECT_EQ(spool->retire(), 1U);
    EXPECT_TRUE(spool->close());
  });
}

TEST(SpoolHold, NothingIsHeldInASpoolThatIsHalfFull) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kHold(8 * 1024));
    EXPECT_FALSE(spool->commit(Frames(80).span()).error);
    EXPECT_GT(spool->counts().bytes, 4U * 1024);
    EXPECT_TRUE(spool->held().empty());
    EXPECT_EQ(drain(*spool), numbers(1, 80));
    EXPECT_GT(spool->retire(), 0U);
    EXPECT_TRUE(spool->close());
  });
}

// Only a file that is gone where its directory is there is gone for good; a location that hangs is not asked.
TEST(SpoolHold, AReaderIsToldWhetherToComeAgain) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open(kHold(1 << 20));
    EXPECT_FALSE(spool->commit(Frames(30).span()).error);
    const auto code = [&] {
      const auto info = SegmentInfo{.id = 1, .file_id = 1, .path = path_of(1), .bytes = 1024, .count = 5};
      const auto read = spool->read_whole(info, [](const FrameView&) {});
      return read ? Code::invalid : read.error().code;
    };
    EXPECT_EQ(code(), Code::invalid) << "it can be read";
    world.arm({failing(Operation::open, EIO, "spool/**")});
    EXPECT_EQ(code(), Code::io);
    world.heal();
    EXPECT_TRUE(world.env.files.rename(kDirectory, "/mnt/moved"));
    EXPECT_EQ(code(), Code::unavailable) << "the directory may come back";
    EXPECT_TRUE(world.env.files.rename("/mnt/moved", kDirectory));
    EXPECT_TRUE(world.env.files.remove(path_of(1)));
    EXPECT_EQ(code(), Code::not_found);
    world.arm({{.name = "hangs",
                .when = {.path = "spool/**"},
                .effect = {.latency = faultfs::LatencyEffect{10s}}}});
    EXPECT_FALSE(spool->commit(Frames(1, 31).span()).error);
    const Time before = world.env.clock.now();
    EXPECT_EQ(code(), Code::timeout);
    EXPECT_EQ(world.env.clock.now(), before) << "it was not asked";
    world.heal_and_tend(*spool);
    EXPECT_TRUE(spool->close());
  });
}

}  // namespace
}  // namespace holdfast::spool
