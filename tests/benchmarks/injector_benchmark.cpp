// What the armed rules of a plan cost an operation that none of them hits. A request over FUSE costs some
// 8 us, so a tenth of one is 800 ns.
#include <benchmark/benchmark.h>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

const Call kWrite{.operation = Operation::write, .path = "spool/000017.seg", .offset = 4096, .size = 200};

// A hundred rules that all are like this one.
FaultPlan hundred(const Trigger& when) {
  FaultPlan plan;
  for (int i = 0; i < 100; ++i)
    plan.rules.push_back({"rule " + std::to_string(i), when, {.error = ErrorEffect{5}}});
  return plan;
}

void decide_under(benchmark::State& state, FaultPlan plan) {
  Injector injector(1);
  injector.arm(std::move(plan), Time{});
  for (auto _ : state) benchmark::DoNotOptimize(injector.decide(kWrite, Time{}));
  if (injector.fired() > 0) state.SkipWithError("a rule fired that was not to");
}

void BM_NoRules(benchmark::State& state) { decide_under(state, {}); }
BENCHMARK(BM_NoRules);

void BM_HundredRulesOfAnotherOperation(benchmark::State& state) {
  decide_under(state, hundred({.operations = {Operation::fsync},
                               .path_regex = *PathPattern::compile(".*/[0-9]+\\.seg")}));
}
BENCHMARK(BM_HundredRulesOfAnotherOperation);

void BM_HundredRulesOfAnotherPath(benchmark::State& state) {
  decide_under(state, hundred({.operations = {Operation::write}, .path = "usage/**"}));
}
BENCHMARK(BM_HundredRulesOfAnotherPath);

void BM_HundredRulesOfAnotherDepth(benchmark::State& state) {
  decide_under(state, hundred({.operations = {Operation::write}, .path = "**/*.tmp"}));
}
BENCHMARK(BM_HundredRulesOfAnotherDepth);

void BM_HundredPatternsOfAnotherPath(benchmark::State& state) {
  decide_under(state, hundred({.operations = {Operation::write},
                               .path_regex = *PathPattern::compile("(usage|spool)/.*\\.tmp")}));
}
BENCHMARK(BM_HundredPatternsOfAnotherPath);

}  // namespace
}  // namespace holdfast::faultfs
