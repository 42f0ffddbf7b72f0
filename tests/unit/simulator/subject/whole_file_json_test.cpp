#include "simulator/subject/whole_file_json.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/temporary_directory.h"

namespace holdfast::subject {
namespace {

constexpr WallTime kNoon = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + std::chrono::hours(12);
const UsageRecord kRecord{
    .input_tokens = 10, .output_tokens = 2, .cost_nanousd = 30, .model = "m", .provider = "p"};

class WholeFileTest : public testing::Test {
 protected:
  nlohmann::json content() { return nlohmann::json::parse(std::ifstream(path)); }

  TemporaryDirectory directory;
  std::string path = directory / "usage.json";
  WholeFile file{path};
};

TEST_F(WholeFileTest, AddsUpByDayModelAndProvider) {
  ASSERT_TRUE(file.add(kRecord, kNoon));
  ASSERT_TRUE(file.add(kRecord, kNoon + std::chrono::hours(24)));
  EXPECT_EQ(content()["model_breakdown"]["m"]["requests"], 2);
  EXPECT_EQ(content()["provider_breakdown"]["p"]["cost_nanousd"], 60);
  EXPECT_EQ(content()["daily_totals"]["2026-01-31"]["input_tokens"], 10);
  EXPECT_EQ(content()["daily_totals"]["2026-02-01"]["output_tokens"], 2);
}

TEST_F(WholeFileTest, KeepsTheLastThousandRecords) {
  for (int i = 0; i < 1001; ++i) ASSERT_TRUE(file.add(kRecord, kNoon + std::chrono::seconds(i)));
  EXPECT_EQ(content()["sessions"].size(), 1000U);
  EXPECT_EQ(content()["model_breakdown"]["m"]["requests"], 1001);
}

TEST_F(WholeFileTest, LosesItsHistoryWithATornFile) {
  ASSERT_TRUE(file.add(kRecord, kNoon));
  std::filesystem::resize_file(path, 20);
  ASSERT_TRUE(file.add(kRecord, kNoon));
  EXPECT_EQ(content()["model_breakdown"]["m"]["requests"], 1);
}

TEST_F(WholeFileTest, SaysWhenItCannotWrite) {
  WholeFile nowhere("/nowhere/usage.json");
  EXPECT_FALSE(nowhere.add(kRecord, kNoon));
}

}  // namespace
}  // namespace holdfast::subject
