#include "simulator/run/subject_report_json.h"

#include <gtest/gtest.h>

#include "tests/temporary_directory.h"

namespace holdfast::run {
namespace {

using namespace std::chrono_literals;

TEST(SubjectReport, ArrivesAsItWasWritten) {
  TemporaryDirectory directory;
  const std::string path = directory / "report.json";
  SubjectReport report{.stats = Stats{.offered = 7}, .closed = true, .allocations = 3};
  report.host = oracle::HostTask{
      .bins = {{.operations = 5, .gap = 2ms}}, .alone_per_second = 19'000.5, .alone_gap = 1ms};
  ASSERT_TRUE(write_report(path, report));
  const auto again = read_report(path);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->stats->offered, 7U);
  EXPECT_EQ(again->allocations, 3U);
  ASSERT_TRUE(again->host);
  EXPECT_DOUBLE_EQ(again->host->alone_per_second, 19'000.5);
  EXPECT_EQ(again->host->bins.at(0).gap, 2ms);
}

TEST(SubjectReport, WhoeverLeftNoneIsNamed) {
  EXPECT_EQ(read_report("/nowhere/report.json").error().message,
            "/nowhere/report.json: the subject left no report");
}

}  // namespace
}  // namespace holdfast::run
