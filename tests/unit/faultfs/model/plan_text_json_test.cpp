#include "faultfs/model/plan_text_json.h"

#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

Result<FaultPlan> parse(const std::string& text) {
  return parse_plan_text(text, "plan.json", [](const std::string& file) -> Result<std::string> {
    if (file != "disk.txt") return fail(Code::not_found, "there is no " + file);
    return std::string("1ms\nquick\n");
  });
}

std::string error_of(const std::string& text) {
  const auto plan = parse(text);
  return plan ? "" : plan.error().message;
}

TEST(PlanText, IsJsonWithComments) {
  const auto plan = parse(R"({"rules": [  // one
    {"name": "r", "effect": {"lost": true}}]})");
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->rules.at(0).name, "r");
}

TEST(PlanText, AnErrorSaysTheLineAndColumnOfWhatIsWrong) {
  const auto unknown = error_of("{\n\"rules\": [\n  {\"name\": \"r\", \"effect\": {\"error\": \"EOI\"}}]}");
  EXPECT_TRUE(unknown.starts_with("plan.json:3:37: unknown error \"EOI\"; ")) << unknown;
  const auto key = error_of("{\"rules\": [{\"name\": \"r\", \"efect\": {}}]}");
  EXPECT_TRUE(key.starts_with("plan.json:1:26: unknown key")) << key;
  EXPECT_TRUE(error_of("{\"rules\": [}").starts_with("plan.json:1:12: ")) << error_of("{\"rules\": [}");
  EXPECT_TRUE(error_of("{\"rules\": [],\n \"rules\": []}").starts_with("plan.json:2:2: "));
}

TEST(PlanText, AFileOfSamplesHasPlacesOfItsOwn) {
  const auto plan = [](const std::string& file) {
    return R"({"rules": [{"name": "r", "effect": {"latency": {"samples": ")" + file + R"("}}}]})";
  };
  EXPECT_TRUE(error_of(plan("disk.txt")).starts_with("plan.json:1:60: disk.txt:2:1: "))
      << error_of(plan("disk.txt"));
  EXPECT_TRUE(error_of(plan("absent")).ends_with("there is no absent"));
}

}  // namespace
}  // namespace holdfast::faultfs
