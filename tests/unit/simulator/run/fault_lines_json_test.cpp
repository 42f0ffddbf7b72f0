#include "simulator/run/fault_lines_json.h"

#include <gtest/gtest.h>

namespace holdfast::run {
namespace {

TEST(FaultLines, DiskAndUpstreamAreMergedInOrderOfTimeAndNumberedAnew) {
  const std::string disk = "{\"n\":1,\"t\":1100,\"rule\":\"full\"}\n{\"n\":2,\"t\":1300,\"rule\":\"full\"}\n";
  const auto upstream = upstream_fault_line(
      {.time = from_nanoseconds(5200), .rule = "away", .batch = 7, .attempt = 1, .decision = "refuse"},
      from_nanoseconds(5000));
  const auto merged = merge_fault_lines(disk, 1000, {upstream});
  ASSERT_EQ(merged.size(), 3U);
  EXPECT_EQ(merged[0], R"({"n":1,"t":100,"rule":"full"})");
  EXPECT_EQ(merged[1],
            R"({"n":2,"t":200,"source":"upstream","rule":"away","batch":7,"attempt":1,"decision":"refuse"})");
  EXPECT_EQ(merged[2], R"({"n":3,"t":300,"rule":"full"})");
}

TEST(FaultLines, LineCutOffByAKillIsPassedOver) {
  const auto counts = count_rules("{\"rule\":\"a\"}\n{\"rule\":\"a\"}\n{\"rule\":\"b\"}\n{\"ru");
  EXPECT_EQ(counts.at("a"), 2U);
  EXPECT_EQ(counts.at("b"), 1U);
  EXPECT_EQ(counts.size(), 2U);
}

}  // namespace
}  // namespace holdfast::run
