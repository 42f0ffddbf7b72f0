// A tracker before an upstream that is partly available: what works must be used.
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

// Fails a share of the requests for 20 s, under 500 records a second; gives the share delivered by then.
double delivered_under(double error_rate) {
  TrackerWorld world;
  const auto rate = static_cast<std::uint64_t>(error_rate * static_cast<double>(upstream::kCertain));
  double share = 0;
  world.run([&] {
    auto tracker = world.open();
    auto producer = tracker->make_producer();
    world.arm({.name = "fails", .effect = {.error_rate = rate}});
    for (int i = 0; i < 200; ++i) {
      EXPECT_EQ(world.offer(producer, 50), 50U);
      world.sleep(100ms);
    }
    share = static_cast<double>(tracker->stats().delivered) / 10'000;
    world.heal_upstream();
    EXPECT_TRUE(tracker->close(10s));
    world.expect_all_delivered();
  });
  return share;
}

// A breaker that takes bad luck for an outage leaves most of what works unused: opening after five
// failures in a row, this one let three quarters of the records through where half of the requests
// failed, and one in twenty where three quarters did.
TEST(PartlyAvailable, AnUpstreamThatAnswersHalfIsNoOutage) {
  EXPECT_GE(delivered_under(0.33), 0.95);
  EXPECT_GE(delivered_under(0.5), 0.95);
  EXPECT_GE(delivered_under(0.75), 0.60);
}

}  // namespace
}  // namespace holdfast
