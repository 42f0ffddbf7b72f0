// A tracker before an upstream that is away, slow, choosy or strange.
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

// S-01: the breaker sees failures through the whole stack, opens, and spares the upstream.
TEST(Upstream, TheBreakerOpensWhenEveryRequestFails) {
  for (const Outage outage : {Outage::error, Outage::refuse, Outage::hang}) {
    TrackerWorld world;
    world.run([&] {
      auto tracker = world.open();
      world.arm(away(outage));
      world.offer(*tracker, 500);
      world.sleep(30s);
      EXPECT_GE(tracker->stats().breaker_opens, 1U);
      EXPECT_LE(tracker->stats().requests, 80U) << "a few to open it, then a probe a second";
      EXPECT_EQ(tracker->stats().delivered, 0U);
      world.heal_upstream();
      EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 500; }));
      EXPECT_TRUE(tracker->close(1s));
      EXPECT_TRUE(tracker->stats().conserved());
      world.expect_all_delivered();
    });
  }
}

// A request that timed out may have been applied: it is sent again under the same keys.
TEST(Upstream, AnUnknownOutcomeIsSentAgainUnderTheSameKeys) {
  TrackerWorld world;
  world.run([&] {
    auto tracker = world.open();
    world.arm({.name = "slow", .effect = {.latency = 1500ms}});  // the timeout is 1 s
    world.offer(*tracker, 40);
    world.sleep(4s);
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(20s, [&] { return tracker->stats().delivered == 40; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_GT(tracker->stats().duplicates, 0U);
    EXPECT_TRUE(tracker->stats().conserved());
    world.expect_all_delivered(100);
  });
}

// Whatever befalls half of the requests, every record arrives, once by its key, and none is refused.
TEST(Upstream, EveryKindOfFaultDelaysAndLosesNothing) {
  using namespace upstream;
  const std::pair<UpstreamEffect, bool> faults[] = {
      // effect, and whether the upstream sees records again that it has applied
      {{.outage = Outage::hang}, false},
      {{.outage = Outage::blackhole}, false},
      {{.reset = Reset::request}, false},
      {{.reset = Reset::answer}, true},
      {{.slow = 100}, true},  // 2 s of trickle for a batch, and the timeout is 1 s
      {{.partial = kCertain / 2}, false},
      {{.answer = AnswerFault::lost}, true},
      {{.answer = AnswerFault::truncated}, true},
  };
  for (const auto& [effect, repeats] : faults) {
    TrackerWorld world;
    world.run([&] {
      auto tracker = world.open();
      world.arm({.name = "half", .effect = effect, .probability = kCertain / 2});
      world.offer(*tracker, 400);
      EXPECT_TRUE(world.wait_for(5min, [&] { return tracker->stats().delivered == 400; }));
      EXPECT_TRUE(tracker->close(1s));
      EXPECT_TRUE(tracker->stats().conserved());
      EXPECT_EQ(tracker->stats().quarantined, 0U);
      EXPECT_EQ(tracker->stats().duplicates > 0, repeats);
      world.expect_all_delivered(repeats ? 1000 : 1);
    });
  }
}

// S-05: one bad record leaves its neighbours alone, leaves the hot path, and is kept for people.
TEST(Upstream, APoisonRecordIsIsolatedByHalvingAndQuarantined) {
  for (const int status : {400, 413, 422}) {
    TrackerWorld world;
    std::map<std::uint64_t, int> accepted;
    ScriptedTransport transport(world.env.scheduler, world.env.clock, [&](const Request& request) {
      for (const auto& element : request.elements)
        if (element.reference == 13) return answer(status);
      for (const auto& element : request.elements) ++accepted[element.reference];
      return answer_each(request, [](const auto&) { return "accepted"; });
    });
    world.run([&] {
      auto tracker = world.open_in(world.with_transport(transport));
      world.offer(*tracker, 60);
      EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 59; })) << status;
      EXPECT_TRUE(tracker->close(1s));
      EXPECT_EQ(tracker->stats().quarantined, 1U);
      EXPECT_EQ(tracker->stats().breaker_opens, 0U) << "the upstream is well";
      EXPECT_TRUE(tracker->stats().conserved());
      EXPECT_EQ(accepted.size(), 59U);
      for (const auto& [reference, times] : accepted) EXPECT_EQ(times, 1) << reference;
      EXPECT_EQ(world.witness.dropped_for(DropReason::quarantined), 1U);
      const auto kept = world.world.disk().visible_bytes("/mnt/spool/quarantine/refused.frames");
      ASSERT_TRUE(kept) << "it is there for people to look at";
      EXPECT_EQ(ingest::frame_reference(*kept), 13U);
    });
  }
}

TEST(Upstream, ALimitOnTheSizeOfARequestIsFoundByHalving) {
  TrackerWorld world;
  std::size_t delivered = 0;
  ScriptedTransport transport(world.env.scheduler, world.env.clock, [&](const Request& request) {
    if (request.elements.size() > 6) return answer(413);
    delivered += request.elements.size();
    return answer_each(request, [](const auto&) { return "accepted"; });
  });
  world.run([&] {
    auto tracker = world.open_in(world.with_transport(transport));
    world.offer(*tracker, 200);
    EXPECT_TRUE(tracker->close(10s));
    EXPECT_EQ(delivered, 200U);
    EXPECT_EQ(tracker->stats().quarantined, 0U);
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

TEST(Upstream, EachElementsOwnAnswerDecidesOverIt) {
  TrackerWorld world;
  std::map<std::uint64_t, int> asked;
  ScriptedTransport transport(world.env.scheduler, world.env.clock, [&](const Request& request) {
    return answer_each(request, [&](const RequestElement& element) {
      const int before = asked[element.reference]++;
      if (element.reference % 10 == 3) return "rejected";
      if (element.reference % 10 == 5) return "duplicate";
      return element.reference % 10 == 7 && before < 2 ? "retry" : "accepted";
    });
  });
  world.run([&] {
    auto tracker = world.open_in(world.with_transport(transport));
    world.offer(*tracker, 100);
    EXPECT_TRUE(tracker->close(10s));
    const Stats stats = tracker->stats();
    EXPECT_EQ(stats.delivered, 90U);
    EXPECT_EQ(stats.quarantined, 10U);
    EXPECT_EQ(stats.duplicates, 10U);
    EXPECT_TRUE(stats.conserved());
    for (const auto& [reference, times] : asked) EXPECT_EQ(times, reference % 10 == 7 ? 3 : 1) << reference;
    EXPECT_EQ(world.witness.acknowledged.size(), 90U);
    EXPECT_EQ(world.witness.dropped_for(DropReason::quarantined), 10U);
  });
}

// CB-12: an answer that cannot be read is a failure of the upstream, not of the records.
TEST(Upstream, AnAnswerThatCannotBeReadLosesNoRecord) {
  TrackerWorld world;
  int answers = 0;
  ScriptedTransport transport(world.env.scheduler, world.env.clock, [&](const Request& request) {
    switch (answers++) {
      case 0: return answer(200, "<html>welcome</html>");
      case 1: return answer(200, "{\"results\":[\"accepted\"]}");
      case 2: return answer(302);
      case 3: return answer(401);
      default: return answer_each(request, [](const auto&) { return "accepted"; });
    }
  });
  world.run([&] {
    auto tracker = world.open_in(world.with_transport(transport));
    world.offer(*tracker, 20);
    EXPECT_TRUE(world.wait_for(30s, [&] { return tracker->stats().delivered == 20; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_EQ(tracker->stats().quarantined, 0U);
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

// LS-17: a hostile Retry-After holds up its own batch, and that not for ever.
TEST(Upstream, AHostileRetryAfterHoldsUpNoOtherBatch) {
  TrackerWorld world;
  ScriptedTransport transport(world.env.scheduler, world.env.clock, [&](const Request& request) {
    for (const auto& element : request.elements)
      if (element.reference == 1 && request.attempt == 0) return answer(429, {}, Duration::max());
    return answer_each(request, [](const auto&) { return "accepted"; });
  });
  world.run([&] {
    auto tracker = world.open_in(world.with_transport(transport));
    world.offer(*tracker, 200);
    EXPECT_TRUE(world.wait_for(5s, [&] { return tracker->stats().delivered == 180; }));
    EXPECT_TRUE(world.wait_for(61min, [&] { return tracker->stats().delivered == 200; }));
    EXPECT_TRUE(tracker->close(1s));
    EXPECT_TRUE(tracker->stats().conserved());
  });
}

TEST(Upstream, ARecordThatIsTooOldExpiresAndIsNeverSent) {
  TrackerWorld world;
  world.options.delivery.max_age = 1min;
  world.run([&] {
    auto tracker = world.open();
    world.arm(away(Outage::refuse));
    world.offer(*tracker, 50);
    world.sleep(2min);
    world.offer(*tracker, 50);
    world.heal_upstream();
    EXPECT_TRUE(world.wait_for(10s, [&] { return tracker->stats().delivered == 50; }));
    EXPECT_TRUE(tracker->close(5s));
    EXPECT_EQ(tracker->stats().expired, 50U);
    EXPECT_EQ(world.witness.dropped_for(DropReason::expired), 50U);
    EXPECT_TRUE(tracker->stats().conserved());
    EXPECT_EQ(world.deliveries.size(), 50U);
    EXPECT_FALSE(world.deliveries.contains(50));
    EXPECT_TRUE(world.in_spool().empty());
  });
}

}  // namespace
}  // namespace holdfast
