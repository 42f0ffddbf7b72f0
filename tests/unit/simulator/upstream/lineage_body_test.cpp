#include <gtest/gtest.h>

#include "core/delivery/codecs/lineage.h"
#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::upstream {
namespace {

std::string problem(std::string_view body) {
  const auto elements = parse_lineage_body(body);
  EXPECT_FALSE(elements) << body;
  return elements ? "" : elements.error().message;
}

TEST(LineageBody, ReadsTheKeysAndReferencesThatTheCodecWrote) {
  std::vector<delivery::DeliveryRecord> records;
  for (std::uint64_t i = 0; i < 100; ++i)
    records.push_back(
        {{~i, i * i}, {.reference = i + 5, .model = "a\"b", .provider = "\xFF", .operation = ""}});
  const Request request = delivery::LineageCodec().encode(records, 1, 0);
  const auto elements = parse_lineage_body(request.body);
  ASSERT_TRUE(elements) << elements.error().message;
  ASSERT_EQ(elements->size(), request.elements.size());
  for (std::size_t i = 0; i < elements->size(); ++i) {
    EXPECT_EQ((*elements)[i].key, request.elements[i].key);
    EXPECT_EQ((*elements)[i].reference, request.elements[i].reference);
  }
}

TEST(LineageBody, AnswersWhatTheCodecReads) {
  using enum ElementStatus;
  const std::vector statuses{accepted, duplicate, accepted};
  const auto results = delivery::LineageCodec().decode({200, lineage_answer({}, statuses), {}}, 3);
  ASSERT_TRUE(results);
  EXPECT_EQ(*results, (std::vector{delivery::ElementResult::accepted, delivery::ElementResult::duplicate,
                                   delivery::ElementResult::accepted}));
  EXPECT_TRUE(delivery::LineageCodec().decode({200, lineage_answer({}, {}), {}}, 0));
}

TEST(LineageBody, ReadsPastOtherFieldsOfAnyKind) {
  const auto elements = parse_lineage_body(
      R"([ {"x":[1,{"key":"no","reference":-1}],"reference":12,"y":{"key":7},"key":"00000000000000a7-3","z":null} ])");
  ASSERT_TRUE(elements) << elements.error().message;
  ASSERT_EQ(elements->size(), 1U);
  EXPECT_EQ(elements->front().key, (RecordKey{0xa7, 3}));
  EXPECT_EQ(elements->front().reference, 12U);
  EXPECT_TRUE(parse_lineage_body("[]")->empty());
}

TEST(LineageBody, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(problem("{}"), "the body must be an array of records, found an object");
  EXPECT_EQ(problem("7"), "the body must be an array of records, found a number");
  EXPECT_EQ(problem("[7]"), "element 0: it must be an object, found a number");
  EXPECT_EQ(problem("[[]]"), "element 0: it must be an object, found an array");
  EXPECT_EQ(problem(R"([{"reference":1}])"), "element 0: it has no 'key'");
  EXPECT_EQ(problem(R"([{"key":"0000000000000001-1"}])"), "element 0: it has no 'reference'");
  EXPECT_EQ(
      problem(R"([{"key":"0000000000000001-1","reference":1},{"key":"0000000000000001-2","reference":"1"}])"),
      "element 1: its 'reference' must be a whole number, found a string");
  EXPECT_EQ(problem(R"([{"key":"0000000000000001-1","reference":-1}])"),
            "element 0: its 'reference' must be a whole number, found a negative number");
  EXPECT_NE(problem(R"([{"key":1,"reference":1}])").find("its 'key' must be"), std::string::npos);
  EXPECT_NE(problem(R"([{"key":"1-1","reference":1}])").find("its 'key' must be"), std::string::npos);
  for (const std::string_view body :
       {"", "[", "[{}", "[1,]", "[] []", "\xFF", R"([{"key":"0000000000000001-1)"})
    EXPECT_FALSE(problem(body).empty());
}

TEST(LineageBody, TakesKeysOfOneFormOnly) {
  EXPECT_EQ(parse_key("ffffffffffffffff-18446744073709551615"), (RecordKey{~0ULL, ~0ULL}));
  for (const std::string_view text : {"", "-", "00000000000000a7-", "00000000000000a7", "0000000000000a7-1",
                                      "00000000000000A7-1", "00000000000000a7-1x", "00000000000000a7--1",
                                      "00000000000000a7-18446744073709551616", " 0000000000000a7-1"})
    EXPECT_FALSE(parse_key(text)) << text;
}

TEST(LineageBody, WritesAnErrorThatIsJsonWhateverItQuotes) {
  EXPECT_EQ(error_answer("say \"no\""), R"({"error":"say \"no\""})");
  EXPECT_FALSE(error_answer("\xFF").empty());
}

}  // namespace
}  // namespace holdfast::upstream
