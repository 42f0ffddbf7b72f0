#include "core/spool/checkpoint.h"

#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

const std::string kCheckpointPath = kDirectory + "/checkpoint";

Checkpoint sample() {
  return {.next_segment = 12,
          .segments = {{7, {.epoch = 99, .settled_prefix = 500}}, {11, {.epoch = 99, .settled_prefix = 1}}}};
}

TEST(Checkpoint, RoundTripsAndIsDurable) {
  SpoolWorld world;
  world.run([&] {
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, sample()));
    EXPECT_EQ(*load_checkpoint(world.env.files, kDirectory), sample());
    EXPECT_TRUE(world.world.disk().durable(kCheckpointPath, 0, world.size_of(kCheckpointPath)));
  });
}

TEST(Checkpoint, IsNotFoundWhereThereIsNone) {
  SpoolWorld world;
  world.run([&] { EXPECT_EQ(load_checkpoint(world.env.files, kDirectory).error().code, Code::not_found); });
}

TEST(Checkpoint, AnyDamagedByteAndAnyMissingTailIsNoticed) {
  SpoolWorld world;
  world.run([&] {
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, sample()));
    const auto size = world.size_of(kCheckpointPath);
    for (std::uint64_t at = 0; at < size; ++at) {
      world.flip(kCheckpointPath, at);
      EXPECT_EQ(load_checkpoint(world.env.files, kDirectory).error().code, Code::corrupted) << "byte " << at;
      world.flip(kCheckpointPath, at);
    }
    EXPECT_TRUE(load_checkpoint(world.env.files, kDirectory));
    for (std::uint64_t length = size; length-- > 0;) {
      world.cut(kCheckpointPath, length);
      EXPECT_FALSE(load_checkpoint(world.env.files, kDirectory)) << length;
    }
  });
}

// DF-30: a full disk costs the new hint, never the old one.
TEST(Checkpoint, AFailedSaveLeavesTheOldOne) {
  SpoolWorld world;
  world.run([&] {
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, sample()));
    auto newer = sample();
    newer.next_segment = 13;
    for (auto& rule : {full(0), failing(Operation::fsync, EIO), failing(Operation::create, EACCES),
                       failing(Operation::rename, EIO)}) {
      world.arm({rule});
      EXPECT_FALSE(save_checkpoint(world.env.files, kDirectory, newer));
      world.heal();
      EXPECT_EQ(*load_checkpoint(world.env.files, kDirectory), sample());
    }
    EXPECT_TRUE(save_checkpoint(world.env.files, kDirectory, newer));
    EXPECT_EQ(*load_checkpoint(world.env.files, kDirectory), newer);
  });
}

}  // namespace
}  // namespace holdfast::spool
