#include "core/config/options_json.h"

#include <gtest/gtest.h>

namespace holdfast::config {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::string error_of(const char* text) {
  Options options;
  const auto status = apply_options(json::parse(text), options);
  EXPECT_EQ(options_to_json(options), options_to_json(Options{})) << "all or nothing";
  return status ? "" : status.error().message;
}

TEST(OptionsJson, AppliesWhatItMentionsAndLeavesTheRest) {
  Options options;
  const auto document = json::parse(
      R"({"spool": {"max_bytes": "64MiB", "segment_bytes": "256KiB", "mode": "always"},
          "delivery": {"shippers": 2, "breaker": {"max_open_time": "1s"}}})");
  ASSERT_TRUE(apply_options(document, options));
  EXPECT_EQ(options.spool.max_bytes, 64ULL << 20);
  EXPECT_EQ(options.spool.segment_bytes, 256ULL << 10);
  EXPECT_EQ(options.delivery.shippers, 2U);
  EXPECT_EQ(options.delivery.breaker.max_open_time, 1s);
  EXPECT_EQ(options.delivery.timeout, Options{}.delivery.timeout);
}

TEST(OptionsJson, WrittenOptionsReadBackTheSame) {
  Options options;
  options.ring.bytes = 4096;
  options.delivery.timeout = 1'500ms;
  options.spool.directory = "/a \"b\"";
  Options read;
  ASSERT_TRUE(apply_options(options_to_json(options), read));
  EXPECT_EQ(options_to_json(read), options_to_json(options));
  EXPECT_NE(options_to_json(read), options_to_json(Options{}));
}

TEST(OptionsJson, ErrorsNameThePointerTheFindAndTheNearestKey) {
  const std::string misspelt = error_of(R"({"spool": {"max_byte": "1MiB"}})");
  EXPECT_TRUE(misspelt.starts_with("/spool/max_byte: ")) << misspelt;
  EXPECT_NE(misspelt.find("did you mean \"max_bytes\"?"), std::string::npos) << misspelt;
  EXPECT_TRUE(
      error_of(R"({"delivery": {"backoff": 5}})").starts_with("/delivery/backoff: found the number 5"));
  EXPECT_TRUE(error_of(R"([])").starts_with("/: found an array"));
}

TEST(OptionsJson, RefusesWrongKindsAndRanges) {
  EXPECT_NE(error_of(R"({"ring": {"bytes": 4096}})"), "") << "a size has a unit";
  EXPECT_NE(error_of(R"({"ring": {"bytes": "4095B"}})"), "");
  EXPECT_NE(error_of(R"({"delivery": {"shippers": "4"}})"), "") << "a count has none";
  EXPECT_NE(error_of(R"({"delivery": {"shippers": 4.5}})"), "");
  EXPECT_NE(error_of(R"({"delivery": {"shippers": -1}})"), "");
  EXPECT_NE(error_of(R"({"delivery": {"timeout": null}})"), "");
  EXPECT_NE(error_of(R"({"spool": {"mode": "alway"}})").find("did you mean \"always\"?"), std::string::npos);
}

TEST(OptionsJson, RefusesOptionsThatDisagreeAtTheOneToChange) {
  EXPECT_TRUE(error_of(R"({"spool": {"max_bytes": "8MiB"}})").starts_with("/spool/max_bytes: "));
  // The other side of the pair was given: point at the nearest object there is.
  EXPECT_TRUE(error_of(R"({"delivery": {"backoff": {"base": "10s"}}})").starts_with("/delivery/backoff: "));
}

TEST(OptionsJson, ReportsAllMistakesAtOnce) {
  Options options;
  Problems problems;
  read_options(json::parse(R"({"rign": {}, "ring": {"bytes": 1}, "spool": 3})"), "/subject/options", options,
               problems);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].pointer, "/subject/options/rign");
  EXPECT_TRUE(problems[0].at_key);
  EXPECT_EQ(problems[1].pointer, "/subject/options/ring/bytes");
}

TEST(JsonPointer, EscapesTildesAndSlashes) {
  EXPECT_EQ(pointer_to("/a", "b/c~d"), "/a/b~1c~0d");
  EXPECT_EQ(pointer_to("", 3), "/3");
}

}  // namespace
}  // namespace holdfast::config
