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

TEST(FaultLines, TellWhichBytesCorruptionsHit) {
  const auto ranges =
      damaged_ranges(R"({"n":1,"t":5,"rule":"a","path":"spool/1.seg","op":"write","decision":"delay 1ms"}
{"n":2,"t":6,"rule":"b","path":"spool/1.seg","op":"rest","decision":"corrupt zeros","damaged":[[64,512],[9000,1]]}
{"n":3,"t":7,"rule":"b","path":"spool/2.seg","op":"rest","damaged":[[0)");
  ASSERT_EQ(ranges.size(), 2U) << "a line cut off by a kill is passed over";
  EXPECT_EQ(ranges[0].path, "spool/1.seg");
  EXPECT_EQ(ranges[0].begin, 64U);
  EXPECT_EQ(ranges[0].end, 576U);
  EXPECT_EQ(ranges[1].begin, 9000U);
  EXPECT_EQ(ranges[1].end, 9001U);
}

}  // namespace
}  // namespace holdfast::run
