#include "core/spool/quarantine.h"

#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {
namespace {

const std::string kKept = kDirectory + "/quarantine/refused.frames";

TEST(Quarantine, KeepsOneBehindTheOther) {
  SpoolWorld world;
  world.run([&] {
    Quarantine quarantine(world.env.files, kDirectory, 100);
    EXPECT_TRUE(quarantine.keep("refused.frames", as_bytes("one")));
    EXPECT_TRUE(quarantine.keep("refused.frames", as_bytes("two")));
    EXPECT_EQ(as_text(*world.world.disk().visible_bytes(kKept)), "onetwo");
  });
}

TEST(Quarantine, HoldsNoMoreThanItsBoundOverAllItsLives) {
  SpoolWorld world;
  world.run([&] {
    const std::string bytes(60, 'x');
    Quarantine first(world.env.files, kDirectory, 100);
    EXPECT_TRUE(first.keep("refused.frames", as_bytes(bytes)));
    EXPECT_EQ(first.keep("refused.frames", as_bytes(bytes)).error().code, Code::no_space);
    Quarantine second(world.env.files, kDirectory, 100);
    EXPECT_EQ(second.keep("refused.frames", as_bytes(bytes)).error().code, Code::no_space);
    EXPECT_EQ(world.size_of(kKept), 60U);
  });
}

TEST(Quarantine, WorksAgainOnceTheDiskDoes) {
  SpoolWorld world;
  world.run([&] {
    Quarantine quarantine(world.env.files, kDirectory, 100);
    world.arm({failing(Operation::mkdir, ENOSPC)});
    EXPECT_FALSE(quarantine.keep("refused.frames", as_bytes("one")));
    world.heal();
    EXPECT_TRUE(quarantine.keep("refused.frames", as_bytes("one")));
  });
}

}  // namespace
}  // namespace holdfast::spool
