#include "core/delivery/codecs/lineage.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace holdfast::delivery {
namespace {

using nlohmann::json;

DeliveryRecord delivery_record(std::uint64_t sequence, std::string_view model = "gpt-4o-mini") {
  return {{.epoch = 0xa7, .sequence = sequence},
          {.time_ns = 1'700'000'000'000'000'000,
           .input_tokens = 812,
           .output_tokens = 64,
           .latency_us = 91'000,
           .cost_nanousd = 160'200,
           .reference = sequence + 1000,
           .model = model,
           .provider = "openai",
           .operation = "chat"}};
}

std::string sent_model(std::string_view model) {
  const std::vector<DeliveryRecord> records{delivery_record(1, model)};
  return json::parse(LineageCodec().encode(records, 1, 0).body).at(0).at("model");
}

Result<std::vector<ElementResult>> decode(std::string body, std::size_t count) {
  return LineageCodec().decode({.status = 200, .body = std::move(body)}, count);
}

void expect_corrupted(const std::string& body, std::size_t count) {
  const auto results = decode(body, count);
  ASSERT_FALSE(results) << body;
  EXPECT_EQ(results.error().code, Code::corrupted) << body;
  EXPECT_FALSE(results.error().message.empty());
}

TEST(LineageCodec, WritesEveryFieldOfEveryRecordInOrder) {
  const std::vector<DeliveryRecord> records{delivery_record(7), delivery_record(8, "claude")};
  const Request request = LineageCodec().encode(records, 3, 1);

  const json body = json::parse(request.body);
  ASSERT_EQ(body.size(), 2U);
  EXPECT_EQ(body[0], (json{{"key", "00000000000000a7-7"},
                           {"reference", 1007},
                           {"time", 1'700'000'000'000'000'000},
                           {"model", "gpt-4o-mini"},
                           {"provider", "openai"},
                           {"operation", "chat"},
                           {"input_tokens", 812},
                           {"output_tokens", 64},
                           {"latency_us", 91'000},
                           {"cost_nanousd", 160'200}}));
  EXPECT_EQ(body[1]["key"], "00000000000000a7-8");
  EXPECT_EQ(body[1]["model"], "claude");
}

TEST(LineageCodec, CarriesKeysReferencesBatchAndAttemptBesideTheBody) {
  const std::vector<DeliveryRecord> records{delivery_record(7), delivery_record(8)};
  const Request request = LineageCodec().encode(records, 3, 1);

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/api/pattern-traceability/lineage/track");
  EXPECT_EQ(request.content_type, "application/json");
  EXPECT_EQ(request.batch, 3U);
  EXPECT_EQ(request.attempt, 1U);
  ASSERT_EQ(request.elements.size(), 2U);
  EXPECT_EQ(request.elements[1].key, (RecordKey{0xa7, 8}));
  EXPECT_EQ(request.elements[1].reference, 1008U);
}

TEST(LineageCodec, WritesTheLargestValuesExactly) {
  constexpr auto k64 = std::numeric_limits<std::uint64_t>::max();
  constexpr auto k32 = std::numeric_limits<std::uint32_t>::max();
  const std::string control(kMaxTextBytes, '\x01');  // six bytes each: the longest text there is
  const std::vector<DeliveryRecord> records{{{k64, k64},
                                             {.time_ns = std::numeric_limits<std::int64_t>::min(),
                                              .input_tokens = k32,
                                              .output_tokens = k32,
                                              .latency_us = k32,
                                              .cost_nanousd = k64,
                                              .reference = k64,
                                              .model = control,
                                              .provider = control,
                                              .operation = control}}};
  const json element = json::parse(LineageCodec().encode(records, 1, 0).body).at(0);
  EXPECT_EQ(element["key"], "ffffffffffffffff-18446744073709551615");
  EXPECT_EQ(element["reference"].get<std::uint64_t>(), k64);
  EXPECT_EQ(element["time"].get<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(element["cost_nanousd"].get<std::uint64_t>(), k64);
  EXPECT_EQ(element["operation"], control);
}

TEST(LineageCodec, WritesNoRecordsAsAnEmptyArray) { EXPECT_EQ(LineageCodec().encode({}, 1, 0).body, "[]"); }

TEST(LineageCodec, EscapesWhatJsonCannotCarryPlainly) {
  for (int byte = 0; byte < 0x80; ++byte) {
    const std::string text = std::string("a") + static_cast<char>(byte) + "b";
    EXPECT_EQ(sent_model(text), text) << byte;
  }
}

TEST(LineageCodec, KeepsWellFormedUtf8) {
  for (const std::string text : {"é", "日本語", "😀", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", ""})
    EXPECT_EQ(sent_model(text), text);
}

TEST(LineageCodec, ReplacesEachByteThatIsNotUtf8) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(sent_model("a\xFFz"), "a" + bad + "z");
  EXPECT_EQ(sent_model("\xC0\xAF"), bad + bad) << "overlong";
  EXPECT_EQ(sent_model("\xED\xA0\x80"), bad + bad + bad) << "surrogate";
  EXPECT_EQ(sent_model("\xF4\x90\x80\x80"), bad + bad + bad + bad) << "above U+10FFFF";
  EXPECT_EQ(sent_model("\xE6\x97"), bad + bad) << "cut off at the end";
  EXPECT_EQ(sent_model("\xE6z"), bad + "z") << "cut off in the middle";
}

TEST(LineageCodec, ReadsOneResultPerElementInOrder) {
  const std::vector expected{ElementResult::accepted, ElementResult::duplicate, ElementResult::retry,
                             ElementResult::rejected};
  EXPECT_EQ(decode(R"({"results":["accepted","duplicate","retry","rejected"]})", 4), expected);
  EXPECT_EQ(decode(R"( { "results" : [ "accepted", "duplicate", "retry", "rejected" ], "more": 1 } )", 4),
            expected);
  EXPECT_EQ(decode(R"({"results":[]})", 0), std::vector<ElementResult>{});
}

TEST(LineageCodec, RefusesAnAnswerWithTheWrongCount) {
  expect_corrupted(R"({"results":["accepted"]})", 2);
  expect_corrupted(R"({"results":["accepted","accepted","accepted"]})", 2);
  expect_corrupted(R"({"results":[]})", 1);
  expect_corrupted(R"({"results":["accepted"]})", 0);
}

TEST(LineageCodec, RefusesAnAnswerWithAnUnknownWord) {
  expect_corrupted(R"({"results":["accepted","Accepted"]})", 2);
  expect_corrupted(R"({"results":["accepted",1]})", 2);
  expect_corrupted(R"({"results":["accepted",""]})", 2);
  expect_corrupted(R"({"results":["accepted",null]})", 2);
}

TEST(LineageCodec, RefusesAnAnswerThatIsNotTheAgreedObject) {
  for (const std::string body :
       {"", "accepted", "[\"accepted\"]", "{}", R"({"results":"accepted"})", R"({"results":["accepted")",
        R"({"results":["accepted"]}x)", "\xFF", "<html>"})
    expect_corrupted(body, 1);
}

TEST(LineageCodec, RefusesEveryTruncationOfAnAnswer) {
  const std::string whole = R"({"results":["accepted","duplicate"]})";
  for (std::size_t size = 0; size < whole.size(); ++size) expect_corrupted(whole.substr(0, size), 2);
}

TEST(LineageCodec, AsksForHealthWithAGet) {
  const Request request = LineageCodec().health_check();
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/health");
  EXPECT_TRUE(request.body.empty());
  EXPECT_TRUE(request.elements.empty());
}

}  // namespace
}  // namespace holdfast::delivery
