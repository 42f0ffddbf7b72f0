// A fault log read back: it does the same again, and says the same of it.
#include "faultfs/model/recorded_faults_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "faultfs/model/fault_plan_json.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

constexpr const char* kRules = R"({"rules": [
  {"name": "slow", "when": {"op": "fsync", "probability": 0.3}, "effect": {"latency": {"uniform": ["1ms", "5ms"]}}},
  {"name": "stuck", "when": {"op": "fsync", "nth": 7, "to": "1h"}, "effect": {"hang": true}},
  {"name": "eio", "when": {"op": ["write", "fsync"], "probability": 0.1}, "effect": {"error": "EIO"}},
  {"name": "odd", "when": {"op": "read", "every": 9}, "effect": {"error": {"errno": "ENOSPC", "unusual": true}}},
  {"name": "cable", "when": {"probability": 0.3}, "effect": {"corrupt": {"on": "write", "with": "bit_flips", "count": 3}}},
  {"name": "torn", "when": {"probability": 0.2}, "effect": {"torn": {"keep": "sectors", "answer": "EIO"}}},
  {"name": "astray", "when": {"probability": 0.2}, "effect": {"misdirected": true}},
  {"name": "short", "when": {"op": "read", "probability": 0.4}, "effect": {"short": {"fraction": 0.5}}},
  {"name": "cap", "effect": {"throttle": {"bandwidth": "1MiB/s"}}},
  {"name": "lies", "when": {"probability": 0.2}, "effect": {"sync_failure": "ext4_data"}},
  {"name": "full", "effect": {"full": {"left": "16KiB"}}}]})";

// What rules do to a fixed list of calls: the lines of the log, without what passes.
class Played {
 public:
  Played(FaultPlan plan, std::uint64_t seed) {
    Injector injector(seed, [this](const FaultEvent& event) { lines += to_json_line(event, Time{}) + "\n"; });
    injector.make_replayable();
    injector.arm(std::move(plan), Time{});
    for (int round = 0; round < 60; ++round) play_round(injector, round);
  }
  std::string lines;

 private:
  std::map<std::pair<std::string, Operation>, std::uint64_t> ordinals_;

  void play_round(Injector& injector, int round) {
    const std::string path = "f" + std::to_string(round % 3);
    for (const Operation operation : {Operation::write, Operation::fsync, Operation::read}) {
      const Call call{.operation = operation,
                      .path = path,
                      .offset = static_cast<std::uint64_t>(round) * 512,
                      .size = 3000,
                      .inode = static_cast<std::uint64_t>(round % 3 + 1),
                      .file_size = 100'000,
                      .handle = 1,
                      .newest_handle = 1,
                      .ordinal = ++ordinals_[{path, operation}]};
      (void)injector.decide(call, from_nanoseconds(1'000'000L * round));
    }
  }
};

TEST(RecordedFaults, ReplayedTheyGiveTheSameLogToTheLastByte) {
  const Played first(*parse_fault_plan(kRules), 42);
  for (const char* rule :
       {"slow", "stuck", "eio", "odd", "cable", "torn", "astray", "short", "cap", "lies", "full"})
    EXPECT_THAT(first.lines, HasSubstr("\"rule\":\"" + std::string(rule) + "\"")) << "it must have fired";
  const auto recorded = parse_fault_log(first.lines);
  ASSERT_TRUE(recorded) << recorded.error().message;
  const Played again({rules_of(*recorded)}, 7);
  EXPECT_EQ(again.lines, first.lines);
  EXPECT_EQ(recurred(*recorded, *parse_fault_log(again.lines)), recorded->size());
}

TEST(RecordedFaults, AnEmptyPartOfThemDoesNothing) { EXPECT_EQ(Played({rules_of({})}, 42).lines, ""); }

constexpr const char* kLine =
    R"({"n":3,"t":5,"rule":"r","pid":9,"path":"a*b","op":"write","offset":0,"size":5,"decision":"error EIO",)"
    R"("order_dependent":false,"ordinal":2,"effect":{"error":"EIO"}})";

TEST(RecordedFaults, APathIsMeantWithEverySignInIt) {
  const auto faults = parse_fault_log(kLine);
  ASSERT_TRUE(faults) << faults.error().message;
  const Trigger& when = faults->at(0).rule.when;
  EXPECT_TRUE(when.matches_path("a*b"));
  EXPECT_FALSE(when.matches_path("axb"));
  Call call{.operation = Operation::write, .path = "a*b", .ordinal = 1};
  EXPECT_FALSE(when.concerns(call));
  call.ordinal = 2;
  EXPECT_TRUE(when.concerns(call));
}

TEST(RecordedFaults, AreTheSameWhateverTheirNumberTimeAndCaller) {
  std::string other = kLine;
  other.replace(other.find("\"n\":3,\"t\":5"), 11, "\"n\":4,\"t\":6");
  other.replace(other.find("\"pid\":9"), 7, "\"pid\":8");
  const auto both = parse_fault_log(std::string(kLine) + "\n" + other + "\n");
  ASSERT_EQ(both->size(), 2U);
  EXPECT_EQ(both->at(0).key, both->at(1).key);
  EXPECT_EQ(recurred(*both, {both->at(1)}), 1U) << "each counts once";
}

TEST(RecordedFaults, WhatFollowsByItselfAndWhatTheUpstreamDidIsPassedOver) {
  const auto faults = parse_fault_log(
      R"({"n":1,"t":5,"source":"upstream","rule":"away","batch":7,"attempt":0,"decision":"refuse"})"
      "\n"
      R"({"n":2,"t":5,"rule":"r","pid":9,"path":"a","op":"fsync","offset":0,"size":5,)"
      R"("decision":"error EIO of an earlier sync","order_dependent":false,"ordinal":2})"
      "\n");
  ASSERT_TRUE(faults) << faults.error().message;
  EXPECT_TRUE(faults->empty());
}

TEST(RecordedFaults, AMistakeIsToldWithItsLine) {
  EXPECT_THAT(parse_fault_log(std::string(kLine) + "\nnonsense\n").error().message, HasSubstr("line 2: "));
  std::string line = kLine;
  line.replace(line.find("\"ordinal\":2,"), 12, "");
  EXPECT_THAT(parse_fault_log(line).error().message, HasSubstr("no \"ordinal\""));
  line = kLine;
  line.replace(line.find("write"), 5, "wrote");
  EXPECT_THAT(parse_fault_log(line).error().message, HasSubstr("no operation"));
  line = kLine;
  line.replace(line.rfind("EIO"), 3, "EOI");
  EXPECT_THAT(parse_fault_log(line).error().message, HasSubstr("unknown error"));
}

}  // namespace
}  // namespace holdfast::faultfs
