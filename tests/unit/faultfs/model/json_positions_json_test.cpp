#include "faultfs/model/json_positions_json.h"

#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

std::string place(const PositionedJson& json, std::string_view pointer, bool key) {
  const TextPlace p = json.place_of(pointer, key);
  return std::to_string(p.line) + ":" + std::to_string(p.column);
}

std::string place_error(std::string_view text) {
  const auto parsed = parse_positioned(text, "x.json");
  return parsed ? "" : parsed.error().message;
}

TEST(PositionedJson, KnowsWhereEachKeyAndValueBegins) {
  const auto json = parse_positioned("{\n  \"a\": 12,\n  \"b\" :\t[true, {\"c\": \"x\"}]\n}", "x.json");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->document["b"][1]["c"], "x");
  EXPECT_EQ(place(*json, "", false), "1:1");
  EXPECT_EQ(place(*json, "/a", true), "2:3");
  EXPECT_EQ(place(*json, "/a", false), "2:8");
  EXPECT_EQ(place(*json, "/b", false), "3:9");
  EXPECT_EQ(place(*json, "/b/0", false), "3:10");
  EXPECT_EQ(place(*json, "/b/1/c", true), "3:17");
  EXPECT_EQ(place(*json, "/b/1/c", false), "3:22");
}

TEST(PositionedJson, IsNotLedAstrayByCommentsStringsAndBrackets) {
  const auto json = parse_positioned(
      "// {\"a\": 1}\n/* \"a\" *\n/ **/ {\"q\\\"},/\": \"//no\", /* , */ \"e\": {}, \"l\": [], // x\n \"z\": "
      "-1.5e+3}",
      "x.json");
  ASSERT_TRUE(json) << json.error().message;
  EXPECT_EQ(place(*json, "/q\"},~1", true), "3:8");
  EXPECT_EQ(place(*json, "/q\"},~1", false), "3:18");
  EXPECT_EQ(place(*json, "/e", true), "3:34");
  EXPECT_EQ(place(*json, "/z", true), "4:2");
  EXPECT_EQ(place(*json, "/z", false), "4:7");
}

TEST(PositionedJson, CountsCharactersNotBytes) {
  const auto json = parse_positioned("{\"Häfen\": 1, \"b\": 2}", "x.json");
  ASSERT_TRUE(json);
  EXPECT_EQ(place(*json, "/b", true), "1:14");
}

TEST(PositionedJson, SkipsAByteOrderMarkAndCarriageReturns) {
  const auto json = parse_positioned("\xef\xbb\xbf{\r\n\"a\": 1}", "x.json");
  ASSERT_TRUE(json);
  EXPECT_EQ(place(*json, "/a", true), "2:1");
}

TEST(PositionedJson, FallsBackToTheNearestKnownObject) {
  const auto json = parse_positioned("{\n \"a\": {}}", "x.json");
  ASSERT_TRUE(json);
  EXPECT_EQ(place(*json, "/a/missing/deeper", true), "2:7");
}

TEST(PositionedJson, RefusesAKeyGivenTwice) {
  const std::string message = place_error("{\"a\": 1,\n \"a\": 2}");
  EXPECT_TRUE(message.starts_with("x.json:2:2: found the key \"a\" a second time")) << message;
  EXPECT_NE(message.find("line 1"), std::string::npos);
}

TEST(PositionedJson, RefusesNestingThatIsTooDeep) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(place_error(nested(PositionedJson::kDeepest)), "");
  EXPECT_TRUE(place_error(nested(PositionedJson::kDeepest + 1)).starts_with("x.json:1:33: "));
  EXPECT_NE(place_error(std::string(1'000'000, '[')), "") << "and does not crash";
}

TEST(PositionedJson, PointsAtTheFirstWrongCharacter) {
  const std::string message = place_error("{\n  \"a\": 1,\n}");
  EXPECT_TRUE(message.starts_with("x.json:3:1: ")) << message;
  EXPECT_EQ(message.find("json.exception"), std::string::npos) << message;
  for (const char* text :
       {"", "{", "{\"a\": tru}", "[1, 2", "{} {}", "\"open", "1e999", "{'a': 1}", "/* open"})
    EXPECT_TRUE(place_error(text).starts_with("x.json:1:")) << text << " -> " << place_error(text);
}

}  // namespace
}  // namespace holdfast::faultfs
