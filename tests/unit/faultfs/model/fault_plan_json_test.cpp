#include "faultfs/model/fault_plan_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/latency_json.h"
#include "faultfs/model/open_flags.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

PlanError error_of(std::string_view rule) {
  auto parsed = rule_from_json(json::parse(rule), "/disk/0");
  EXPECT_FALSE(parsed) << rule;
  return parsed ? PlanError{} : parsed.error();
}

TEST(FaultPlanJson, ReadsEveryKeyOfARule) {
  const auto rule = rule_from_json(json::parse(R"({"name": "sync fails", "effect": {"error": "EIO"},
      "when": {"op": ["write", "fsync"], "path": "spool/**", "probability": 0.05, "from": "1s", "to": "3s"}})"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->name, "sync fails");
  EXPECT_EQ(rule->when.operations, (std::vector{Operation::write, Operation::fsync}));
  EXPECT_EQ(rule->when.path, "spool/**");
  EXPECT_EQ(rule->when.probability, 50'000'000U);
  EXPECT_EQ(rule->when.from, seconds(1));
  EXPECT_EQ(rule->when.to, seconds(3));
  EXPECT_EQ(rule->effect.error->error, EIO);
}

TEST(FaultPlanJson, WhatIsLeftOutMeansEverythingAlways) {
  const auto rule = rule_from_json(json::parse(R"({"name": "slow", "effect": {"latency": "50ms"}})"));
  ASSERT_TRUE(rule);
  EXPECT_TRUE(rule->when.operations.empty());
  EXPECT_EQ(rule->when.path, "**");
  EXPECT_EQ(rule->when.probability, kCertain);
  EXPECT_EQ(rule->when.to, Duration::max());
  EXPECT_EQ(longest(*rule->effect.latency), milliseconds(50));
}

TEST(FaultPlanJson, ReadsAFullVolume) {
  const auto rule = rule_from_json(json::parse(R"({"name": "f", "effect": {"full": {"left": "2MiB"}}})"));
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->effect.full->left_bytes, 2U << 20);
}

TEST(FaultPlanJson, ReadsWhoseTurnItIs) {
  const auto rule = rule_from_json(
      json::parse(R"({"name": "t", "when": {"every": 3, "limit": 2}, "effect": {"hang": true}})"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->when.every, 3U);
  EXPECT_EQ(rule->when.limit, 2U);
  EXPECT_TRUE(rule->effect.hang);
}

TEST(FaultPlanJson, ReadsACorruption) {
  const auto rule = rule_from_json(json::parse(
      R"({"name": "c", "effect": {"corrupt": {"on": "write", "with": "zeros", "count": 3, "bytes": "64B"}}})"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->effect.corrupt->when, CorruptWhen::write);
  EXPECT_EQ(rule->effect.corrupt->kind, CorruptKind::zeros);
  EXPECT_EQ(rule->effect.corrupt->count, 3U);
  EXPECT_EQ(rule->effect.corrupt->bytes, 64U);
}

TEST(FaultPlanJson, AGroupOfOperationsIsEachOfThem) {
  const auto rule = rule_from_json(json::parse(
      R"({"name": "g", "when": {"op": ["syncs", "write", "writes"]}, "effect": {"error": "EIO"}})"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_EQ(rule->when.operations,
            (std::vector{Operation::fsync, Operation::fsyncdir, Operation::write, Operation::truncate,
                         Operation::fallocate, Operation::copy_file_range}));
  EXPECT_THAT(error_of(R"({"name": "r", "when": {"op": "wrtes"}, "effect": {"error": "EIO"}})").message,
              HasSubstr(R"(did you mean "writes"?)"));
}

TEST(FaultPlanJson, ReadsWhichRequestsAreMeant) {
  const auto rule = rule_from_json(json::parse(R"({"name": "t", "effect": {"error": "EIO"}, "when":
      {"op": "write", "path_regex": "[a-z]+", "flags": ["O_WRONLY", "O_APPEND"], "offset": {"from": "1KiB"},
       "size": {"at_least": "1B", "at_most": "4KiB"}, "caller": {"comm": "sqlite3"}, "after": "other",
       "limit": 1, "per": "path", "cooldown": "1s"}})"));
  ASSERT_TRUE(rule) << rule.error().message;
  EXPECT_TRUE(rule->when.path_regex->matches("abc"));
  EXPECT_EQ(open_flag_names(*rule->when.flags), (std::vector<std::string_view>{"O_WRONLY", "O_APPEND"}));
  EXPECT_EQ(rule->when.offset->from, 1024U);
  EXPECT_EQ(rule->when.size->at_most, 4096U);
  EXPECT_EQ(rule->when.caller->comm, "sqlite3");
  EXPECT_EQ(rule->when.after->rule, "other");
  EXPECT_EQ(rule->when.after->times, 1U);
  EXPECT_EQ(rule->when.per, Counting::path);
  EXPECT_EQ(rule->when.cooldown, seconds(1));
}

TEST(FaultPlanJson, TriggersThatCannotBeMeantPointAtTheirPlace) {
  const auto when = [](const std::string& text) {
    return error_of(R"({"name": "r", "effect": {"error": "EIO"}, "when": )" + text + "}");
  };
  EXPECT_THAT(when(R"({"path_regex": "a("})").message, HasSubstr("at character 3: a ( is not closed"));
  EXPECT_EQ(when(R"({"flags": ["O_RDONLY", "O_SINC"]})").pointer, "/disk/0/when/flags/1");
  EXPECT_THAT(when(R"({"flags": ["O_SINC"]})").message, HasSubstr(R"(did you mean "O_SYNC"?)"));
  EXPECT_THAT(when(R"({"flags": ["O_RDONLY", "O_RDWR"]})").message, HasSubstr("either for reading"));
  EXPECT_THAT(when(R"({"flags": []})").message, HasSubstr("a list of open flags"));
  EXPECT_THAT(when(R"({"offset": {"from": "8B", "to": "8B"}})").message, HasSubstr("empty"));
  EXPECT_THAT(when(R"({"op": "fsync", "size": {"at_most": "8B"}})").message, HasSubstr("only reads, writes"));
  EXPECT_THAT(when(R"({"caller": {}})").message, HasSubstr("needs one of"));
  EXPECT_EQ(when(R"({"caller": {"com": "fio"}})").pointer, "/disk/0/when/caller/com");
  EXPECT_THAT(when(R"({"caller": {"comm": "a-name-of-sixteen"}})").message, HasSubstr("15 bytes"));
  EXPECT_THAT(when(R"({"per": "path"})").message, HasSubstr("nothing to count"));
  EXPECT_THAT(error_of(R"({"name": "r", "continue": true, "effect": {"error": "EIO"}})").message,
              HasSubstr("no later rule can act"));
}

TEST(FaultPlanJson, DelaysThatCannotBeMeantPointAtTheirPlace) {
  const auto effect = [](const std::string& text) {
    return error_of(R"({"name": "r", "effect": )" + text + "}");
  };
  const auto latency = [&](const std::string& text) { return effect(R"({"latency": )" + text + "}"); };
  EXPECT_THAT(latency(R"("2h")").message, HasSubstr("at most 1h"));
  EXPECT_THAT(latency(R"({"unifrom": []})").message, HasSubstr(R"(did you mean "uniform"?)"));
  EXPECT_THAT(latency(R"({"uniform": ["5ms", "1ms"]})").message, HasSubstr("shortest delay comes first"));
  EXPECT_EQ(latency(R"({"uniform": ["5ms", "x"]})").pointer, "/disk/0/effect/latency/uniform/1");
  EXPECT_THAT(latency(R"({"lognormal": {"median": "5ms"}})").message, HasSubstr(R"(needs "p99")"));
  EXPECT_EQ(latency(R"({"lognormal": {"median": "5ms", "p99": "1ms"}})").pointer,
            "/disk/0/effect/latency/lognormal/p99");
  EXPECT_THAT(latency(R"({"pareto": {"min": "1ms", "shape": 0}})").message, HasSubstr("from 0.1 to 100"));
  EXPECT_THAT(latency(R"({"pareto": {"min": "0s", "shape": 1}})").message, HasSubstr("longer than 0"));
  EXPECT_THAT(latency(R"({"samples": []})").message, HasSubstr("one duration a line"));
  EXPECT_THAT(effect(R"({"throttle": {}})").message, HasSubstr(R"(needs "bandwidth")"));
  EXPECT_THAT(effect(R"({"throttle": {"bandwidth": "1MiB"}})").message, HasSubstr("a size a second"));
  EXPECT_EQ(effect(R"({"throttle": {"iops": 0}})").pointer, "/disk/0/effect/throttle/iops");
  EXPECT_THAT(effect(R"({"hang": {"then": "EIO"}})").message, HasSubstr(R"(needs "for")"));
  EXPECT_THAT(effect(R"({"hang": {"for": "0s"}})").message, HasSubstr("1ns to 24h"));
  EXPECT_THAT(
      error_of(
          R"({"name": "r", "when": {"op": "read"}, "effect": {"hang": {"for": "1s", "then": "ENOSPC"}}})")
          .message,
      HasSubstr("read does not answer ENOSPC"));
}

TEST(FaultPlanJson, SamplesAreReadFromTheFileThatARuleNames) {
  auto plan =
      parse_fault_plan(R"({"rules": [{"name": "r", "effect": {"latency": {"samples": "disk.txt"}}}]})");
  ASSERT_TRUE(plan);
  const auto reading = [&](const std::string& text) {
    return read_samples(plan->rules, "/rules", [&](const std::string&) { return Result<std::string>(text); });
  };
  const auto wrong = reading("1ms\n  2 ms\n");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().pointer, "/rules/0/effect/latency/samples");
  EXPECT_THAT(wrong.error().message, HasSubstr("disk.txt:2:3: "));
  EXPECT_THAT(reading("# measured\n\n").error().message, HasSubstr("there is no duration in it"));
  ASSERT_TRUE(reading("# measured\n3ms\r\n\n1ms\n 2ms"));
  EXPECT_THAT(print_fault_plan(*plan), HasSubstr(R"({"samples":["1ms","2ms","3ms"]})"));
}

TEST(FaultPlanJson, OfManySamplesTheQuantilesAreKept) {
  std::string text;
  for (int i = 1; i <= 10'241; ++i) text += std::to_string(i) + "us\n";
  const auto quantiles = parse_samples(text);
  ASSERT_TRUE(quantiles);
  EXPECT_EQ(quantiles->size(), kMostQuantiles);
  EXPECT_EQ((*quantiles)[0], std::chrono::microseconds(1));
  EXPECT_EQ((*quantiles)[512], std::chrono::microseconds(5121));
  EXPECT_EQ(quantiles->back(), std::chrono::microseconds(10'241));
}

TEST(FaultPlanJson, ARuleWaitsForAnotherThatThereIs) {
  const auto plan = [](const std::string& first, const std::string& second) {
    const auto rule = R"({"name": "%", "when": {"after": "@"}, "effect": {"latency": "1s"}})";
    std::string text = R"({"rules": [)";
    for (const auto& [name, after] : {std::pair{"first", first}, std::pair{"second", second}}) {
      std::string one = rule;
      one.replace(one.find('%'), 1, name);
      one.replace(one.find('@'), 1, after);
      text += (text.back() == '[' ? "" : ", ") + one;
    }
    return parse_fault_plan(text + R"(, {"name": "third", "effect": {"latency": "1s"}}]})");
  };
  EXPECT_TRUE(plan("second", "third"));
  EXPECT_THAT(plan("thrid", "first").error().message,
              AllOf(HasSubstr("/rules/0/when/after"), HasSubstr(R"(did you mean "third"?)")));
  EXPECT_THAT(plan("second", "first").error().message, HasSubstr("waits for itself"));
  EXPECT_THAT(plan("first", "third").error().message, HasSubstr("waits for itself"));
}

TEST(FaultPlanJson, AnEffectThatSaysMoreThanItsRuleMayIsRefusedWithTheReason) {
  EXPECT_THAT(error_of(R"({"name": "r", "when": {"op": "read"}, "effect": {"read_only": true}})").message,
              HasSubstr("may only have \"path\", \"path_regex\", \"from\", \"to\""));
  EXPECT_THAT(error_of(R"({"name": "r", "effect": {"replaced_by": "directory"}})").message,
              HasSubstr("needs the path"));
  const auto moment = error_of(
      R"({"name": "r", "when": {"nth": 1}, "effect": {"corrupt": {"on": "rest", "with": "bit_flips"}}})");
  EXPECT_EQ(moment.pointer, "/disk/0/when/nth");
  EXPECT_THAT(moment.message, HasSubstr("happens once"));
  EXPECT_THAT(error_of(R"({"name": "r", "effect": {"permission": "EACESS"}})").message,
              HasSubstr(R"(did you mean "EACCES"?)"));
  EXPECT_THAT(
      error_of(R"({"name": "r", "when": {"nth": 1, "every": 2}, "effect": {"error": "EIO"}})").message,
      HasSubstr("give one of them"));
}

TEST(FaultPlanJson, ErrorsPointAtTheOffendingValueAndNameWhatIsAllowed) {
  const auto key = error_of(R"({"name": "r", "efect": {"error": "EIO"}})");
  EXPECT_EQ(key.pointer, "/disk/0/efect");
  EXPECT_THAT(key.message,
              HasSubstr(R"(allowed are "name", "when", "effect", "continue"; did you mean "effect"?)"));

  const auto operation =
      error_of(R"({"name": "r", "when": {"op": ["write", "fsink"]}, "effect": {"error": "EIO"}})");
  EXPECT_EQ(operation.pointer, "/disk/0/when/op/1");
  EXPECT_THAT(operation.message, HasSubstr(R"(did you mean "fsync"?)"));

  const auto size = error_of(R"({"name": "r", "effect": {"full": {"left": "2MB"}}})");
  EXPECT_EQ(size.pointer, "/disk/0/effect/full/left");
  EXPECT_THAT(size.message, HasSubstr("MiB"));

  const auto slash = error_of(R"({"name": "r", "a/b": 1, "effect": {"error": "EIO"}})");
  EXPECT_EQ(slash.pointer, "/disk/0/a~1b");
}

TEST(FaultPlanJson, AnErrorThatAnOperationDoesNotAnswerMustBeSaidToBeUnusual) {
  const auto refused =
      error_of(R"({"name": "r", "when": {"op": ["write", "read"]}, "effect": {"error": "ENOSPC"}})");
  EXPECT_EQ(refused.pointer, "/disk/0/when/op");
  EXPECT_THAT(refused.message, AllOf(HasSubstr("read does not answer ENOSPC on Linux; it answers"),
                                     HasSubstr("EIO"), HasSubstr("unusual")));
  EXPECT_TRUE(rule_from_json(json::parse(
      R"({"name": "r", "when": {"op": "read"}, "effect": {"error": {"errno": "ENOSPC", "unusual": true}}})")));
  EXPECT_THAT(error_of(R"({"name": "r", "effect": {"error": {"errno": "ENOSYS", "unusual": true}}})").message,
              HasSubstr("never injected"));
  EXPECT_EQ(error_of(R"({"name": "r", "effect": {"error": {"erno": "EIO"}}})").pointer,
            "/disk/0/effect/error/erno");
}

TEST(FaultPlanJson, EffectsOnBytesSayWhatTheyNeed) {
  const auto effect = [](const std::string& text) {
    return error_of(R"({"name": "r", "effect": )" + text + "}");
  };
  EXPECT_THAT(effect(R"({"short": {}})").message, HasSubstr("either \"bytes\""));
  EXPECT_THAT(effect(R"({"short": {"bytes": "0B"}})").message, HasSubstr("at least 1B"));
  EXPECT_EQ(effect(R"({"short": {"fraction": 1}})").pointer, "/disk/0/effect/short/fraction");
  EXPECT_THAT(effect(R"({"torn": {"keep": "prefix"}})").message, HasSubstr("needs \"keep\""));
  EXPECT_THAT(effect(R"({"torn": {"keep": "prefxi", "answer": "EIO"}})").message,
              HasSubstr("did you mean \"prefix\""));
  EXPECT_THAT(effect(R"({"torn": {"keep": "sectors", "bytes": "1B", "answer": "EIO"}})").message,
              HasSubstr("no length in common"));
  EXPECT_THAT(effect(R"({"torn": {"keep": "prefix", "answer": "EMFILE"}})").message,
              HasSubstr("a write does not answer EMFILE"));
  EXPECT_THAT(effect(R"({"sync_failure": "ext4"})").message,
              HasSubstr("\"ext4_ordered\", \"ext4_data\", \"xfs\""));
  EXPECT_THAT(effect(R"({"lost": false})").message, HasSubstr("allowed: true"));
  EXPECT_THAT(error_of(R"({"name": "r", "when": {"op": "write"}, "effect": {"lost": true}})").message,
              HasSubstr("only a write"));
  EXPECT_THAT(
      error_of(R"({"name": "r", "when": {"op": "fsync"}, "effect": {"short": {"bytes": "1B"}}})").message,
      HasSubstr("only read and write can be short"));
}

TEST(FaultPlanJson, EnosysAndUnknownErrorsAreRefused) {
  EXPECT_THAT(error_of(R"({"name": "r", "effect": {"error": "ENOSYS"}})").message,
              HasSubstr("never injected"));
  EXPECT_THAT(error_of(R"({"name": "r", "effect": {"error": "EWHAT"}})").message, HasSubstr("EIO"));
  EXPECT_EQ(error_of(R"({"name": "r", "effect": {"error": 5}})").pointer, "/disk/0/effect/error");
}

TEST(FaultPlanJson, WhatCannotBeMeantIsRefused) {
  for (const auto* rule : {
           R"({"effect": {"error": "EIO"}})",
           R"({"name": "r"})",
           R"({"name": "", "effect": {"error": "EIO"}})",
           R"({"name": "r", "effect": {}})",
           R"({"name": "r", "effect": {"error": "EIO", "latency": "1s"}})",
           R"({"name": "r", "effect": {"full": {}}})",
           R"({"name": "r", "effect": {"latency": 5}})",
           R"({"name": "r", "when": {"probability": 1.5}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"probability": "5%"}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"op": []}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"path": "/spool"}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"from": "3s", "to": "1s"}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"op": "write"}, "effect": {"full": {"left": "1MiB"}}})",
           R"({"name": "r", "when": {"path": "a"}, "effect": {"quota": {"uid": 1, "left": "1MiB"}}})",
           R"({"name": "r", "effect": {"quota": {"left": "1MiB"}}})",
           R"({"name": "r", "effect": {"quota": {"uid": 1}}})",
           R"({"name": "r", "effect": {"kill_caller": {"signal": "SIGKIL"}}})",
           R"({"name": "r", "effect": {"kill_caller": {}}})",
           R"({"name": "r", "effect": {"disconnect": false}})",
           R"({"name": "r", "when": [], "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"nth": 0}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "when": {"limit": 1.5}, "effect": {"error": "EIO"}})",
           R"({"name": "r", "effect": {"hang": false}})",
           R"({"name": "r", "effect": {"full": {"inodes": -1}}})",
           R"({"name": "r", "effect": {"corrupt": {"with": "zeros"}}})",
           R"({"name": "r", "effect": {"corrupt": {"on": "read", "with": "zeros", "restore": true}}})",
           R"({"name": "r", "effect": {"corrupt": {"on": "rest", "with": "zeros", "count": 0}}})",
           R"({"name": "r", "effect": {"corrupt": {"on": "rest", "with": "zeros", "bytes": "0B"}}})",
           R"({"name": "r", "effect": {"corrupt": {"on": "rest", "with": "bit_flips", "bytes": "8B"}}})",
           R"([])",
       }) {
    EXPECT_FALSE(error_of(rule).message.empty()) << rule;
  }
}

TEST(FaultPlanJson, NamesAreUniqueInAPlan) {
  const auto plan = parse_fault_plan(
      R"({"rules": [{"name": "r", "effect": {"error": "EIO"}}, {"name": "r", "effect": {"latency": "1s"}}]})");
  ASSERT_FALSE(plan);
  EXPECT_THAT(plan.error().message, HasSubstr("/rules/1/name"));
}

TEST(FaultPlanJson, TextThatIsNoPlanIsAnError) {
  EXPECT_FALSE(parse_fault_plan(""));
  EXPECT_FALSE(parse_fault_plan("{"));
  EXPECT_FALSE(parse_fault_plan("{}"));
  EXPECT_FALSE(parse_fault_plan(R"({"rules": {}})"));
  EXPECT_TRUE(parse_fault_plan("{\"rules\": [] /* nothing yet */}"));
}

TEST(FaultPlanJson, APrintedPlanReadsBackTheSame) {
  const auto plan = parse_fault_plan(R"({"rules": [
      {"name": "a", "when": {"from": "100us"}, "effect": {"full": {"left": "256KiB"}}},
      {"name": "b", "when": {"op": ["write", "fsync"], "path": "s/*", "probability": 0.123456789, "to": "2m"},
       "effect": {"error": "EDQUOT"}},
      {"name": "c", "effect": {"latency": "5s"}},
      {"name": "d", "when": {"nth": 4}, "effect": {"hang": true}},
      {"name": "e", "when": {"every": 2, "limit": 9}, "effect": {"permission": "EPERM"}},
      {"name": "f", "effect": {"read_only": true}},
      {"name": "g", "when": {"path": "spool"}, "effect": {"replaced_by": "file"}},
      {"name": "h", "effect": {"full": {"inodes": 0}}},
      {"name": "i", "effect": {"corrupt": {"on": "read", "with": "bit_flips", "count": 7}}},
      {"name": "k", "when": {"path_regex": "a(b|c)*", "flags": ["O_RDWR", "O_SYNC"], "offset": {"from": "4KiB", "to": "8KiB"},
                              "size": {"at_most": "1KiB"}, "caller": {"pid": 1, "uid": 0, "comm": "fio"}, "nth": 1,
                              "per": "path", "cooldown": "3s", "after": {"rule": "b", "times": 2}},
       "continue": false, "effect": {"latency": "1s"}},
      {"name": "l", "effect": {"error": {"errno": "EDEADLK", "unusual": true}}},
      {"name": "m", "effect": {"short": {"bytes": "100B"}}}, {"name": "n", "effect": {"short": {"fraction": 0.25}}},
      {"name": "o", "effect": {"torn": {"keep": "prefix", "bytes": "1KiB", "answer": "EIO"}}},
      {"name": "p", "effect": {"torn": {"keep": "sectors", "answer": "success"}}},
      {"name": "q", "continue": true, "effect": {"lost": true}}, {"name": "r", "effect": {"misdirected": true}},
      {"name": "t", "effect": {"sync_failure": "ext4_data"}},
      {"name": "kill", "effect": {"kill_caller": {"signal": "SIGTERM"}}}, {"name": "kill 9", "effect": {"kill_caller": true}},
      {"name": "gone", "effect": {"disconnect": true}},
      {"name": "parts", "when": {"path": "log/**"}, "effect": {"full": {"left": "4KiB"}}},
      {"name": "user", "effect": {"quota": {"uid": 1000, "left": "1MiB", "inodes": 5}}},
      {"name": "u", "effect": {"latency": {"uniform": ["1ms", "5ms"]}}},
      {"name": "v", "effect": {"latency": {"lognormal": {"median": "2ms", "p99": "40ms", "max": "1s"}}}},
      {"name": "w", "effect": {"latency": {"pareto": {"min": "1ms", "shape": 1.5}}}},
      {"name": "x", "effect": {"latency": {"samples": ["1ms", "2ms"]}}},
      {"name": "y", "when": {"per": "path"}, "effect": {"throttle": {"bandwidth": "1.5MiB/s", "iops": 7, "burst": "2ms"}}},
      {"name": "z", "when": {"op": "read"}, "effect": {"hang": {"for": "2s", "then": "EIO"}}},
      {"name": "s", "when": {"nth": 2}, "effect": {"stale": true}},
      {"name": "j", "when": {"from": "1s"}, "effect": {"corrupt": {"on": "rest", "with": "random", "bytes": "1B", "restore": true}}}]})");
  ASSERT_TRUE(plan) << plan.error().message;
  const std::string text = print_fault_plan(*plan);
  const auto again = parse_fault_plan(text);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(print_fault_plan(*again), text);
  EXPECT_EQ(again->rules[1].when.probability, 123'456'789U);
  EXPECT_EQ(again->rules[1].effect.error->error, EDQUOT);
  EXPECT_EQ(again->rules[0].when.from, std::chrono::microseconds(100));
  EXPECT_EQ(again->rules[4].effect.permission->error, EPERM);
  EXPECT_EQ(again->rules[6].effect.replaced->by, Kind::file);
  EXPECT_EQ(again->rules[7].effect.full->left_inodes, 0U);
  EXPECT_EQ(again->rules.back().effect.corrupt->bytes, 1U);
}

}  // namespace
}  // namespace holdfast::faultfs
