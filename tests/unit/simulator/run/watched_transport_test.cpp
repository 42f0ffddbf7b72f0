#include "simulator/subject/watched_transport.h"

#include <gtest/gtest.h>

#include "simulator/run/finished_run.h"

namespace holdfast::subject {
namespace {

// Sends `depth` requests more while it is being asked for one.
class Nested final : public Transport {
 public:
  WatchedTransport* watched = nullptr;
  int depth = 0;
  SendResult send(const Request& request, Time deadline, const CancelFlag& cancel) override {
    if (depth-- > 0) (void)watched->send(request, deadline, cancel);
    return {SendResult::Outcome::response, {.status = 204}, {}};
  }
};

TEST(WatchedTransport, CountsTheMostRequestsUnderWayAtOnce) {
  Nested inner;
  WatchedTransport watched(inner);
  inner.watched = &watched;
  const CancelFlag never{false};
  EXPECT_EQ(watched.send({}, Time{}, never).response.status, 204);
  (void)watched.send({}, Time{}, never);
  EXPECT_EQ(watched.most_at_once(), 1U);
  inner.depth = 2;
  (void)watched.send({}, Time{}, never);
  (void)watched.send({}, Time{}, never);
  EXPECT_EQ(watched.most_at_once(), 3U);
}

TEST(WatchedTransport, IsHeldToTheNumberOfShippers) {
  Nested inner;
  WatchedTransport watched(inner);
  scenario::Scenario scenario;
  scenario.subject.options.delivery.shippers = 7;
  const auto bound = run::in_flight_bound(scenario, watched);
  EXPECT_EQ(bound.what, "requests in flight");
  EXPECT_EQ(bound.limit, 7U);
}

}  // namespace
}  // namespace holdfast::subject
