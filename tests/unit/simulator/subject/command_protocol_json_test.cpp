#include "simulator/subject/command_protocol_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace holdfast::subject {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string complaint(std::string_view line) {
  const auto parsed = parse_ledger_line(line);
  return parsed ? "" : parsed.error().message;
}

TEST(CommandProtocol, ARecordIsOneLineWithEveryField) {
  const std::string line = record_line({.time_ns = 5,
                                        .input_tokens = 1,
                                        .output_tokens = 2,
                                        .latency_us = 3,
                                        .cost_nanousd = 4,
                                        .reference = 12,
                                        .model = "m\n\xff",
                                        .provider = "p",
                                        .operation = "o"});
  EXPECT_EQ(line.find('\n'), line.size() - 1) << "a newline in a name does not end the line";
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["reference"], 12);
  EXPECT_EQ(json["time"], 5);
  EXPECT_EQ(json["cost_nanousd"], 4);
  EXPECT_EQ(json.size(), 9U);
}

TEST(CommandProtocol, ReadsAClaimOfDurability) {
  const auto line =
      parse_ledger_line(R"({"event":"durable","references":[12,13],"path":"journal","begin":0,"end":512})");
  ASSERT_TRUE(line) << line.error().message;
  const auto& durable = std::get<DurableLine>(*line);
  EXPECT_THAT(durable.references, ElementsAre(12, 13));
  EXPECT_EQ(durable.path, "journal");
  EXPECT_EQ(durable.end, 512U);
}

TEST(CommandProtocol, ReadsWhyRecordsWereDropped) {
  const auto line = parse_ledger_line(R"({"event":"dropped","references":[7],"reason":"expired"})");
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(std::get<DroppedLine>(*line).reason, DropReason::expired);
}

TEST(CommandProtocol, SaysWhatIsWrongWithALine) {
  EXPECT_THAT(complaint("durable 12"), HasSubstr("parse error"));
  EXPECT_THAT(complaint(R"({"event":"durabel"})"), HasSubstr("did you mean \"durable\"?"));
  EXPECT_THAT(complaint(R"({"event":"durable","references":[1]})"), HasSubstr("path"));
  EXPECT_THAT(complaint(R"({"event":"dropped","references":[1],"reason":"tired"})"), HasSubstr("expired"));
  EXPECT_THAT(complaint(R"({"event":"dropped","references":["x"],"reason":"expired"})"), HasSubstr("number"));
}

}  // namespace
}  // namespace holdfast::subject
