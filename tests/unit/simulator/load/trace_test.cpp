#include "simulator/load/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::load {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kHead = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

std::string error_of(const std::string& text) {
  const auto rows = parse_trace(text, "t.csv");
  return rows ? "" : rows.error().message;
}

TEST(Trace, CountsOffsetsFromTheFirstRow) {
  const auto rows =
      parse_trace(kHead + "2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:04.0319600,3180,8\n", "t");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].offset, 0ns);
  EXPECT_EQ((*rows)[0].input_tokens, 4808U);
  EXPECT_EQ((*rows)[0].output_tokens, 10U);
  EXPECT_EQ((*rows)[1].offset, 52ms);
}

TEST(Trace, ToleratesCarriageReturnsAndAMissingLastNewline) {
  const auto rows = parse_trace(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-11-16 18:17:03,1,2\r\n2023-11-16 18:17:04.5+00:00,3,4",
      "t");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->back().offset, 1'500ms);
  EXPECT_EQ(rows->back().output_tokens, 4U);
  EXPECT_TRUE(parse_trace(kHead + "2023-11-16 18:17:03,1,2\n\r\n\n", "t"));
}

TEST(Trace, SpansDaysMonthsAndLeapYears) {
  const auto rows = parse_trace(kHead + "2024-02-28 23:59:59.5,1,2\n2024-03-01 00:00:00.25,1,2\n", "t");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows->back().offset, 24h + 750ms);
}

TEST(Trace, ErrorsNameFileAndLine) {
  EXPECT_THAT(error_of(""), StartsWith("t.csv:1: "));
  EXPECT_THAT(error_of("time,a,b\n"), AllOf(StartsWith("t.csv:1: "), HasSubstr("TIMESTAMP,ContextTokens")));
  EXPECT_THAT(error_of(kHead), HasSubstr("nothing to play"));
  const std::string good = kHead + "2023-11-16 18:17:03.9,1,2\n";
  EXPECT_THAT(error_of(good + "2023-11-16 18:17:02,1,2\n"),
              AllOf(StartsWith("t.csv:3: "), HasSubstr("goes back")));
  for (const char* row :
       {"2023-11-16 18:17:04,1", "2023-11-16 18:17:04,1,2,3", "2023-11-16,1,2", "2023-13-16 18:17:04,1,2",
        "2023-02-29 18:17:04,1,2", "2023-11-16 24:17:04,1,2", "2023-11-16 18:17:04.,1,2",
        "2023-11-16 18:17:04.0123456789,1,2", "2023-11-16 18:17:04,-1,2", "2023-11-16 18:17:04,1,x",
        "2023-11-16 18:17:04,1,4294967296", "2023-11-16T18:17:04,1,2", "x", ""})
    EXPECT_THAT(error_of(good + row + "\n2023-11-16 18:17:05,1,2"), StartsWith("t.csv:3: ")) << row;
}

TEST(Trace, NamesAFileThatIsNotThere) {
  EXPECT_THAT(read_trace("no/such.csv").error().message, HasSubstr("no/such.csv"));
}

}  // namespace
}  // namespace holdfast::load
