#include "core/spool/inspect.h"

#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

TEST(Inspect, HandsOutWhatTheCheckpointDoesNotCallSettledAndChangesNothing) {
  SpoolWorld world;
  world.run([&] {
    auto spool = world.open();
    EXPECT_FALSE(spool->commit(Frames(10).span()).error);
    for (std::uint32_t ordinal : {0, 1, 2}) spool->settle(1, ordinal);
    EXPECT_TRUE(spool->close());
    world.flip(path_of(1), kSegmentHeaderBytes + 5 * framed_bytes(40));
    std::vector<std::uint64_t> sequences;
    const auto before = *world.world.disk().visible_bytes(path_of(1));
    const auto inspection = inspect(world.env.files, kDirectory,
                                    [&](const InspectedFrame& f) { sequences.push_back(f.sequence); });
    ASSERT_TRUE(inspection);
    EXPECT_EQ(sequences, (std::vector<std::uint64_t>{4, 5, 7, 8, 9, 10}));
    EXPECT_EQ(inspection->settled, 3U);
    EXPECT_EQ(inspection->damaged, 1U);
    EXPECT_TRUE(inspection->unreadable.empty());
    EXPECT_EQ(*world.world.disk().visible_bytes(path_of(1)), before);
  });
}

TEST(Inspect, NamesWhatItCannotRead) {
  SpoolWorld world;
  world.run([&] {
    world.write(path_of(1), 0, as_bytes("rubble"));
    const auto inspection = inspect(world.env.files, kDirectory, [](const InspectedFrame&) {});
    ASSERT_TRUE(inspection);
    ASSERT_EQ(inspection->unreadable.size(), 1U);
    EXPECT_NE(inspection->unreadable.front().find("00000001.seg"), std::string::npos);
  });
}

}  // namespace
}  // namespace holdfast::spool
