// The end of a node: what it was doing is never done, what it had asked for happens, and nobody else notices.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/simulator/world/virtual/world_fixture.h"

namespace holdfast::world {
namespace {

// A world with a node to be killed and one that goes on.
struct TwoNodes : TestWorld {
  explicit TwoNodes(WorldSettings settings = {}, upstream::UpstreamSettings service = {})
      : TestWorld(std::move(settings), service) {}

  void kill_at(Time when) {
    world.at(when, [this] { world.kill(victim); });
  }

  Environment victim = world.environment("victim");
  Environment other = world.environment("other");
};

TEST(Kill, AWaitingFiberIsNeverResumedAndNeverUnwound) {
  TwoNodes test;
  struct Witness {
    ~Witness() { *gone = true; }
    bool* gone;
  };
  bool gone = false, went_on = false;
  const auto event = test.other.scheduler.make_event();
  test.victim.scheduler.spawn("waits", [&] {
    const Witness witness{&gone};
    event->wait_until(event->ticket(), kNever);
    went_on = true;
  });
  test.kill_at(kStart + 1ms);
  test.world.at(kStart + 2ms, [&] { event->notify(); });
  test.world.run_until(kStart + 1s);
  EXPECT_FALSE(went_on);
  EXPECT_FALSE(gone) << "no code of a dead node runs, destructors neither";
  EXPECT_EQ(test.world.kernel().live_tasks(), 0U);
  EXPECT_EQ(test.world.kernel().pending_events(), 0U);
}

TEST(Kill, OfAnOperationUnderWayTheWorldsFramesAloneAreUnwound) {
  TwoNodes test;
  struct Witness {
    ~Witness() { *gone = true; }
    bool* gone;
  };
  bool node_gone = false, world_gone = false;
  test.victim.scheduler.spawn("operates", [&] {
    const Witness of_node{&node_gone};
    test.world.kernel().operation("an operation needs a fiber", [&] {
      const Witness of_world{&world_gone};
      test.world.kernel().sleep_until(kNever);
      return 1;
    });
  });
  test.kill_at(kStart + 1ms);
  test.world.run_until(kStart + 1s);
  EXPECT_TRUE(world_gone);
  EXPECT_FALSE(node_gone);
  EXPECT_EQ(test.world.kernel().live_tasks(), 0U);
}

TEST(Kill, WhatAFiberOwnsOutsideItsStackIsForgottenToo) {
  TwoNodes test;
  int copies = 0;
  struct Counted {
    explicit Counted(int& counter) : alive(counter) { ++alive; }
    Counted(const Counted& other) : alive(other.alive) { ++alive; }
    ~Counted() { --alive; }
    int& alive;
  };
  test.victim.scheduler.spawn(
      "owner", [owned = Counted(copies), &test] { test.victim.scheduler.sleep_until(kNever); });
  const int before = copies;
  test.kill_at(kStart + 1ms);
  test.world.run_until(kStart + 2ms);
  EXPECT_EQ(copies, before) << "the body was destroyed";
}

TEST(Kill, TheMemoryOfTheNodeIsFreedAndNoneOfTheWorldsIs) {
  TwoNodes test;
  const NodeId node = 1;
  test.victim.scheduler.spawn("owner", [&] {
    const std::vector<std::string> texts(100, std::string(1000, 'x'));
    auto file = test.victim.files.open("/mnt/a", OpenMode::creating());
    EXPECT_TRUE((*file)->write_at(0, bytes_of(texts.front())));
    const auto names = test.victim.files.list("/mnt");
    const auto failed = test.victim.files.list("/mnt/no such directory with a long name");
    const auto task = test.victim.scheduler.spawn("another with a long name of its own",
                                                  [&, texts] { test.victim.scheduler.sleep_until(kNever); });
    test.victim.log.write(Log::Level::info, "test.event", "a message that outlives who wrote it");
    task->join(kNever);
  });
  test.world.run_until(kStart + 1ms);
  EXPECT_GT(test.world.kernel().memory_bytes(node), 200'000U);
  test.world.kill(test.victim);
  EXPECT_EQ(test.world.kernel().memory_bytes(node), 0U);
  EXPECT_EQ(test.disk().visible_bytes("/mnt/a")->size(), 1000U);
  EXPECT_EQ(test.world.log().messages().back().text, "a message that outlives who wrote it");
}

TEST(Kill, WhoJoinedAFiberOfTheNodeGoesOn) {
  TwoNodes test;
  std::unique_ptr<Task> task =
      test.victim.scheduler.spawn("sleeps", [&] { test.victim.scheduler.sleep_until(kNever); });
  Time joined{};
  test.other.scheduler.spawn("joins", [&] {
    EXPECT_TRUE(task->join(kNever));
    joined = test.now();
  });
  test.kill_at(kStart + 5ms);
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(joined, kStart + 5ms);
}

TEST(Kill, OtherNodesGoOnAsIfNothingHadHappened) {
  const auto ticks = [](bool kill) {
    TwoNodes test;
    std::vector<Time> seen;
    test.other.scheduler.spawn("ticks", [&] {
      for (int i = 0; i < 20; ++i) {
        test.other.scheduler.sleep_until(test.now() + 1ms);
        seen.push_back(test.now());
      }
    });
    test.victim.scheduler.spawn("ticks too", [&] {
      for (int i = 0; i < 20; ++i) test.victim.scheduler.sleep_until(test.now() + 700us);
    });
    if (kill) test.kill_at(kStart + 5ms);
    test.world.run_until(kStart + 1s);
    return seen;
  };
  EXPECT_EQ(ticks(true), ticks(false));
  EXPECT_EQ(ticks(true).size(), 20U);
}

TEST(Kill, APausedNodeStaysDeadAndItsNextLifeIsNotPaused) {
  TwoNodes test;
  int steps = 0;
  test.victim.scheduler.spawn("steps", [&] {
    for (;;) {
      test.victim.scheduler.sleep_until(test.now() + 1ms);
      ++steps;
    }
  });
  test.world.at(kStart + 3500us, [&] { test.world.pause(test.victim, kStart + 100ms); });
  test.kill_at(kStart + 5ms);
  auto next = test.world.environment("victim/2");
  next.scheduler.spawn("steps", [&] { next.scheduler.sleep_until(test.now() + 1ms); });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(test.world.kernel().live_tasks(), 0U);
}

TEST(Kill, ReleasesTheLocksOfItsFiles) {
  TwoNodes test;
  test.victim.scheduler.spawn("locks", [&] {
    auto file = test.victim.files.open("/mnt/lock", OpenMode::creating());
    EXPECT_TRUE(*(*file)->try_lock());
    test.victim.scheduler.sleep_until(kNever);
  });
  std::vector<bool> got;
  test.other.scheduler.spawn("wants it", [&] {
    test.other.scheduler.sleep_until(kStart + 1ms);
    auto file = test.other.files.open("/mnt/lock", {.read = true, .write = true});
    got.push_back(*(*file)->try_lock());
    test.other.scheduler.sleep_until(kStart + 10ms);
    got.push_back(*(*file)->try_lock());
    EXPECT_TRUE((*file)->close());
  });
  test.kill_at(kStart + 5ms);
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(got, (std::vector{false, true}));
}

TEST(Kill, ASyncUnderWayArrivesAndWhoWaitedForItGoesOn) {
  TwoNodes test({.disk_latency = 10ms});
  test.victim.scheduler.spawn("syncs", [&] {
    auto file = test.victim.files.open("/mnt/a", OpenMode::creating());
    EXPECT_TRUE((*file)->write_at(0, bytes_of("record")));
    EXPECT_TRUE(test.victim.files.sync_directory("/mnt"));
    (void)(*file)->sync_data();
    ADD_FAILURE() << "the dead learn nothing";
  });
  Time synced{};
  test.other.scheduler.spawn("syncs too", [&] {
    test.other.scheduler.sleep_until(kStart + 12ms);
    auto file = test.other.files.open("/mnt/a", {.read = true, .write = true});
    EXPECT_TRUE((*file)->sync_data());
    synced = test.now();
    EXPECT_TRUE((*file)->close());
  });
  test.kill_at(kStart + 15ms);
  test.world.run_until(kStart + 19ms);
  EXPECT_FALSE(test.disk().durable("/mnt/a", 0, 6));
  test.world.run_until(kStart + 20ms);
  EXPECT_TRUE(test.disk().durable("/mnt/a", 0, 6));
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(synced, kStart + 30ms) << "its own, after the other";
}

TEST(Kill, ARequestThatHasLeftIsAppliedAndNobodyIsTold) {
  TwoNodes test({}, {.latency = 10ms});
  const CancelFlag never{false};
  test.victim.scheduler.spawn("sends", [&] {
    Request request;
    request.elements = {{{1, 1}, 7}};
    request.body = R"([{"key":"0000000000000001-1","reference":7}])";
    (void)test.victim.transport.send(request, kStart + 1s, never);
    ADD_FAILURE() << "the dead learn nothing";
  });
  test.kill_at(kStart + 5ms);
  test.world.run_until(kStart + 1s);
  ASSERT_EQ(test.applied.size(), 1U);
  EXPECT_EQ(test.applied[0].reference, 7U);
  EXPECT_GE(test.applied[0].at, kStart + 10ms);
  EXPECT_EQ(test.world.link().applied_late(), 1U);
}

// A file written to until the node is killed before its operation `number`; then what is there.
std::string written_before(std::uint64_t number, std::uint64_t* hash = nullptr) {
  TwoNodes test;
  test.world.before_operation(number, [&] { test.world.kill(test.victim); });
  test.victim.scheduler.spawn("writes", [&] {
    auto file = test.victim.files.open("/mnt/a", OpenMode::creating());
    for (std::uint64_t i = 0; i < 5; ++i) EXPECT_TRUE((*file)->write_at(i, bytes_of("x")));
    EXPECT_TRUE((*file)->close());
  });
  test.victim.scheduler.spawn("is there too", [&] {
    for (;;) test.victim.scheduler.sleep_until(test.now() + 1ms);
  });
  test.world.run_until(kStart + 10ms);
  if (hash != nullptr) *hash = test.world.trace_hash();
  const auto bytes = test.disk().visible_bytes("/mnt/a");
  return bytes ? std::string(bytes->size(), 'x') : "no file";
}

TEST(BeforeOperation, TheOperationThatIsNamedDoesNotAct) {
  EXPECT_EQ(written_before(1), "no file");
  EXPECT_EQ(written_before(2), "");
  EXPECT_EQ(written_before(4), "xx");
  EXPECT_EQ(written_before(7), "xxxxx") << "before the close";
  EXPECT_EQ(written_before(8), "xxxxx") << "there is no such operation";
}

TEST(BeforeOperation, TheSamePointGivesTheSameTrace) {
  std::uint64_t first = 0, again = 0, elsewhere = 0;
  written_before(4, &first);
  written_before(4, &again);
  written_before(5, &elsewhere);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, elsewhere);
}

TEST(BeforeOperation, WhoSurvivesTheCallGoesOnAndTheHarnessIsNotCounted) {
  TwoNodes test;
  std::uint64_t at = 0;
  test.world.before_operation(2, [&] { at = test.world.operations(); });
  test.run([&] { EXPECT_TRUE(test.disk().list("/mnt")); });
  EXPECT_EQ(test.world.operations(), 0U);
  test.other.scheduler.spawn("lists", [&] {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(test.other.files.list("/mnt"));
  });
  test.world.run_until(kStart + 1s);
  EXPECT_EQ(at, 2U);
  EXPECT_EQ(test.world.operations(), 3U);
}

}  // namespace
}  // namespace holdfast::world
