// The usage file over several locations: the way down, the way back, and what a start makes of copies.
#include "core/usage/store.h"

#include "tests/unit/core/usage/usage_fixture.h"

namespace holdfast::usage {
namespace {

// As a tracker does it: what was read is merged before it is written. True when some location took it.
bool flush(Store& store, Book& book, std::uint64_t epoch, std::uint64_t more) {
  count_more(book, epoch, more);
  EXPECT_TRUE(store.learn(book));
  return store.write(book, kWall).has_value();
}

faultfs::Rule full_at(const std::string& path) { return failing(Operation::create, ENOSPC, path); }

// S-08: what went to another location is neither lost nor doubled, and no good copy was replaced by it.
TEST(Store, FallsBackStepByStepAndFindsItsWayBack) {
  UsageWorld world;
  world.run([&] {
    Store store = world.store();
    Book book;
    EXPECT_TRUE(flush(store, book, 1, 10));
    world.arm({full_at("usage/**")});
    EXPECT_TRUE(flush(store, book, 1, 10));
    EXPECT_EQ(parse_book(world.text_of(kSecond + "/usage.json"))->sum().records, 20U);
    EXPECT_EQ(parse_book(world.text_of(kFile))->sum().records, 10U) << "the last good copy stays";
    world.arm({full_at("usage/**"), full_at("usage-backup/**")});
    EXPECT_TRUE(flush(store, book, 1, 10));
    EXPECT_EQ(parse_book(world.text_of(kThird + "/usage.json"))->sum().records, 30U);
    world.arm({full_at("**")});
    EXPECT_FALSE(flush(store, book, 1, 10));
    EXPECT_EQ(store.counts().fallbacks, 3U);
    EXPECT_EQ(store.counts().failures, 1U);
    world.heal();
    EXPECT_TRUE(flush(store, book, 1, 10));
    EXPECT_EQ(parse_book(world.text_of(kFile))->sum().records, 50U) << "the primary has it all again";
    EXPECT_EQ(store.counts().fallbacks, 3U);
    store.close();
    EXPECT_EQ(world.learned().sum().records, 50U) << "older copies elsewhere add nothing";
  });
}

TEST(Store, AStartTakesTheLongestCountWhereverItLies) {
  for (const std::string& last : {kPrimary, kSecond, kThird}) {
    UsageWorld world;
    world.run([&] {
      for (const std::string& directory : {kPrimary, kSecond, kThird}) {
        ASSERT_TRUE(make_directories(world.env.files, directory));
        Book book = book_with(1, directory == last ? 30 : 10);
        world.write(directory + "/usage.json", book_text(book, kWall));
      }
      EXPECT_EQ(world.learned().sum().records, 30U);
    });
  }
}

// The primary cannot be read at first: this life's counts go elsewhere meanwhile, and join it later.
TEST(Store, ALocationThatIsUnreadableAtFirstIsMergedOnceItCanBeRead) {
  UsageWorld world;
  world.run([&] {
    Store first = world.store();
    Book old;
    EXPECT_TRUE(flush(first, old, 1, 100));
    first.close();

    world.arm({failing(Operation::open, EACCES, "usage/**")});
    Store second = world.store();
    Book book;
    EXPECT_FALSE(second.learn(book));
    count_more(book, 2, 5);
    EXPECT_TRUE(second.write(book, kWall));
    EXPECT_EQ(parse_book(world.text_of(kSecond + "/usage.json"))->sum().records, 5U);
    second.close();  // and this life ends before it could

    world.heal();
    EXPECT_EQ(world.learned().sum().records, 105U);
    Store third = world.store();
    Book both;
    EXPECT_TRUE(third.learn(both));
    EXPECT_TRUE(third.write(both, kWall));
    third.close();
    EXPECT_EQ(world.learned().sum().records, 105U);
  });
}

TEST(Store, ADirectoryThatWasRemovedIsMadeAgain) {
  UsageWorld world;
  world.run([&] {
    Store store = world.primary_only();
    Book book;
    EXPECT_TRUE(flush(store, book, 1, 10));
    for (const char* name : {"usage.json", "usage.json.backup", "usage.lock"})
      EXPECT_TRUE(world.env.files.remove(kPrimary + "/" + name));
    EXPECT_TRUE(world.env.files.remove_directory(kPrimary));
    EXPECT_FALSE(store.write(book, kWall));
    EXPECT_TRUE(store.learn(book));
    EXPECT_TRUE(store.write(book, kWall));
    store.close();
    EXPECT_EQ(world.learned().sum().records, 10U);
  });
}

TEST(Store, ADirectoryReplacedByAFileIsPassedOver) {
  UsageWorld world;
  world.run([&] {
    world.write(kPrimary, "in the way");
    Store store = world.store();
    Book book;
    EXPECT_FALSE(store.learn(book)) << "who knows what the directory held";
    count_more(book, 1, 10);
    EXPECT_TRUE(store.write(book, kWall));
    EXPECT_TRUE(world.env.files.remove(kPrimary));
    EXPECT_TRUE(store.learn(book));
    EXPECT_TRUE(store.write(book, kWall));
    EXPECT_EQ(parse_book(world.text_of(kFile))->sum().records, 10U);
    store.close();
  });
}

TEST(Store, AFileOfAnotherHistoryIsKeptAside) {
  UsageWorld world;
  world.run([&] {
    ASSERT_TRUE(make_directories(world.env.files, kSecond));
    ASSERT_TRUE(make_directories(world.env.files, kPrimary));
    Book mine = book_with(1, 10), theirs = book_with(2, 20);
    mine.fold(1, kBounds);
    theirs.fold(2, kBounds);
    world.write(kFile, book_text(mine, kWall));
    world.write(kSecond + "/usage.json", book_text(theirs, kWall));
    Store store = world.store();
    Book book;
    EXPECT_TRUE(store.learn(book));
    EXPECT_EQ(book.sum().records, 10U);
    EXPECT_EQ(store.counts().recoveries, 1U);
    EXPECT_EQ(world.text_of(kSecond + "/usage.json.corrupt-1"), book_text(theirs, kWall));
    store.close();
  });
}

TEST(Store, ASecondTrackerPassesOverADirectoryThatIsTaken) {
  UsageWorld world;
  world.run([&] {
    Store first = world.primary_only();
    Book mine, theirs;
    EXPECT_TRUE(first.learn(mine));
    Store second = world.store();
    EXPECT_FALSE(second.learn(theirs));
    count_more(mine, 1, 10);
    count_more(theirs, 2, 20);
    EXPECT_TRUE(first.write(mine, kWall));
    EXPECT_TRUE(second.write(theirs, kWall));
    EXPECT_EQ(parse_book(world.text_of(kFile))->sum().records, 10U);
    EXPECT_EQ(parse_book(world.text_of(kSecond + "/usage.json"))->sum().records, 20U);
    first.close();
    second.close();
    EXPECT_EQ(world.learned().sum().records, 30U);
  });
}

TEST(Inspect, TellsWhatAStartWouldFindAndChangesNothing) {
  UsageWorld world;
  world.run([&] {
    ASSERT_TRUE(make_directories(world.env.files, kPrimary));
    world.write(kFile, "rubble");
    world.write(kFile + ".backup", book_text(book_with(1, 10), kWall));
    world.write(kFile + ".corrupt-1", "older rubble");
    const auto inspection = inspect(world.env.files, kPrimary);
    ASSERT_TRUE(inspection);
    EXPECT_EQ(inspection->book->sum().records, 10U);
    EXPECT_EQ(inspection->source, kFile + ".backup");
    ASSERT_EQ(inspection->problems.size(), 1U);
    EXPECT_NE(inspection->problems.front().find(kFile), std::string::npos);
    EXPECT_EQ(inspection->set_aside, std::vector<std::string>{"usage.json.corrupt-1"});
    EXPECT_EQ(world.text_of(kFile), "rubble");
    EXPECT_FALSE(inspect(world.env.files, kThird));
  });
}

}  // namespace
}  // namespace holdfast::usage
