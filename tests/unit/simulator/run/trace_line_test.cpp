#include "simulator/run/trace_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "simulator/run/trace_json.h"
#include "simulator/run/virtual_run.h"
#include "simulator/scenario/parse_json.h"

namespace holdfast::run {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

scenario::Scenario small_scenario() {
  auto parsed = scenario::parse_scenario(R"({
    "version": 1, "name": "traced", "seed": 3,
    "load": { "producers": 1, "arrival": "constant", "rate": "100/s" }, "upstream": { "latency": "1ms" },
    "subject": { "kind": "holdfast", "options": { "delivery": { "breaker": { "failure_threshold": 1, "open_time": "10ms" } } } },
    "phases": [ { "name": "warm-up", "for": "100ms" },
                { "name": "stress", "for": "200ms",
                  "disk": [ { "name": "fails", "when": { "op": "fsync", "nth": 2 }, "effect": { "error": "EIO" } } ],
                  "upstream": [ { "name": "away", "when": { "nth": 2 }, "effect": { "outage": "error" } } ],
                  "process": [ { "name": "freeze", "pause": { "at": "50ms", "for": "10ms" } } ] },
                { "name": "recovery", "for": "12s" } ],
    "limits": { "recover": "2s", "drain": "2s" }
  })",
                                         "traced.json");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

TEST(Trace, TellsCallsFaultsClaimsDeliveriesBreakerAndProcessInOrderOfTime) {
  std::set<std::string> told;
  std::vector<std::string> lines;
  Duration last{0};
  const auto finished = run_virtual(small_scenario(), 3, {}, [&](const TraceLine& line) {
    told.insert(line.what);
    lines.push_back(format_line(line));
    EXPECT_GE(line.at, last);
    last = line.at;
  });
  ASSERT_TRUE(finished) << finished.error().message;
  for (const auto* what : {"write", "sync", "send", "fault", "claim", "delivery", "breaker", "process"})
    EXPECT_TRUE(told.contains(what)) << what;
  const auto says = [&](std::string_view words) {
    return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(words) != line.npos; });
  };
  EXPECT_TRUE(says("-> EIO"));
  EXPECT_TRUE(says("-> 503"));
  EXPECT_TRUE(says("fails: spool/"));
}

TEST(Trace, ChangesNothing) {
  const auto unheard = run_virtual(small_scenario(), 3);
  const auto heard = run_virtual(small_scenario(), 3, {}, [](const TraceLine&) {});
  ASSERT_TRUE(unheard && heard);
  EXPECT_EQ((*unheard)->record.trace_hash, (*heard)->record.trace_hash);
}

TEST(Trace, IsAnObjectALine) {
  const TraceLine line{
      .at = 1500ms, .node = 1, .who = "main", .what = "sync", .about = "/mnt/a", .outcome = "EIO"};
  EXPECT_EQ(trace_json_line(line),
            R"({"t":1500000000,"node":1,"who":"main","what":"sync","about":"/mnt/a","outcome":"EIO"})");
  EXPECT_EQ(format_line(line), "   1.500000000  1 main         sync             /mnt/a -> EIO");
}

}  // namespace
}  // namespace holdfast::run
