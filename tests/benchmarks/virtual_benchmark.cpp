// What VIRTUAL costs: an empty event loop, fibers that do nothing but sleep, the whole core with its
// codec, and a whole run with harness, ledger and faults. CPU time, at 1,000 records/s; 60 s of them where
// no number of records is named. `per_record` is judged against 1.5 us, and must not grow with the run.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/tracker.h"
#include "simulator/run/virtual_run.h"
#include "simulator/scenario/parse_json.h"
#include "simulator/world/virtual/virtual_world.h"
#include "tests/benchmarks/sample_records.h"
#include "tests/benchmarks/samples.h"

namespace holdfast::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRecords = 60'000;
constexpr Duration kPeriod = 1ms;

benchmark::Counter per_second(std::uint64_t events) {
  return benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsIterationInvariantRate);
}

// CPU of one: an inverted rate, which prints as a time.
benchmark::Counter cpu_of_each(std::uint64_t count) {
  return benchmark::Counter(static_cast<double>(count),
                            benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Delays of about 10 ms, of no particular order.
std::vector<Duration> delays() {
  std::vector<Duration> made;
  RandomStream random(7);
  for (int i = 0; i < 4096; ++i) made.emplace_back(1 + static_cast<std::int64_t>(random.below(20'000'000)));
  return made;
}

void virtual_empty_loop(benchmark::State& state) {
  constexpr std::uint64_t kSteps = 1'000'000;
  const auto delay = delays();
  for (auto _ : state) {
    world::EventLoop loop(Time(1s));
    std::vector<world::Waker> wakers(static_cast<std::size_t>(state.range(0)));
    for (std::size_t i = 0; i < wakers.size(); ++i)
      loop.wake_at(loop.now() + delay[i % delay.size()], wakers[i]);
    for (std::uint64_t step = 0; step < kSteps; ++step) {
      world::Waker* who = nullptr;
      loop.step(kNever, who);
      loop.wake_at(loop.now() + delay[step % delay.size()], *who);
    }
  }
  state.counters["events/s"] = per_second(kSteps);
}
BENCHMARK(virtual_empty_loop)->ArgName("pending")->Arg(1000)->Unit(benchmark::kMillisecond);

void virtual_sleeping_fibers(benchmark::State& state) {
  const auto delay = delays();
  std::uint64_t events = 0;
  for (auto _ : state) {
    faultfs::Injector injector(1);
    upstream::UpstreamModel model({}, 1);
    world::VirtualWorld world({}, injector, model);
    const Environment env = world.environment();
    std::vector<std::unique_ptr<Task>> tasks;
    for (std::int64_t i = 0; i < state.range(0); ++i)
      tasks.push_back(env.scheduler.spawn("sleeper", [&, i] {
        for (auto at = static_cast<std::size_t>(i);; ++at)
          env.scheduler.sleep_until(env.clock.now() + delay[at % delay.size()]);
      }));
    world.run_until(world::VirtualWorld::start() + 5s);
    events = world.events();
  }
  state.counters["events/s"] = per_second(events);
}
BENCHMARK(virtual_sleeping_fibers)->ArgName("fibers")->Arg(1000)->Unit(benchmark::kMillisecond);

// The tracker as it ships, on a disk of 100 us; one producer, no ledger, no oracle.
std::uint64_t play_core(const std::vector<UsageRecord>& records, std::uint64_t count) {
  faultfs::Injector injector(1);
  upstream::UpstreamModel model({}, 1);
  world::VirtualWorld world({.disk_latency = 100us}, injector, model);
  Environment env = world.environment();
  auto done = env.scheduler.spawn("main", [&] {
    Options options;
    options.spool.directory = "/mnt/spool";
    options.delivery.endpoint = "http://virtual";
    auto tracker = Tracker::open(env, options);
    HOLDFAST_CHECK(tracker.has_value(), "a tracker opens on an empty disk");
    Producer producer = (*tracker)->make_producer();
    const Time start = env.clock.now();
    for (std::uint64_t i = 0; i < count; ++i) {
      env.scheduler.sleep_until(start + static_cast<std::int64_t>(i) * kPeriod);
      UsageRecord record = records[i % records.size()];
      record.reference = i;
      record.time_ns = 0;
      HOLDFAST_CHECK(producer.record(record) == Outcome::accepted, "a healthy tracker takes every record");
      world::VirtualWorld::ring_filled(env);
    }
    HOLDFAST_CHECK((*tracker)->close(5s).has_value(), "a healthy tracker closes");
    HOLDFAST_CHECK((*tracker)->stats().delivered == count, "a healthy upstream gets every record");
  });
  HOLDFAST_CHECK(world.run_until_done(*done, Time(1h)), "the run ends");
  return world.events();
}

void virtual_core(benchmark::State& state) {
  const auto records = sample_records();
  const auto count = static_cast<std::uint64_t>(state.range(0));
  std::uint64_t events = 0;
  for (auto _ : state) events = play_core(records, count);
  state.counters["per_record"] = cpu_of_each(count);
  state.counters["events/s"] = per_second(events);
  state.counters["events/record"] = static_cast<double>(events) / static_cast<double>(count);
}
BENCHMARK(virtual_core)
    ->ArgName("records")
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(kRecords)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond);

constexpr std::string_view kCalm = R"({
  "version": 1, "name": "calm", "seed": 42,
  "load": { "producers": 1, "arrival": "constant", "rate": "1000/s" },
  "disk": { "latency": "100us" },
  "upstream": { "latency": "1ms" },
  "phases": [ { "name": "all", "for": "60s" } ]
})";

constexpr std::string_view kFiveFaults = R"({
  "version": 1, "name": "five-faults", "seed": 42,
  "load": { "producers": 1, "arrival": "constant", "rate": "1000/s" },
  "disk": { "latency": "100us" },
  "upstream": { "latency": "1ms" },
  "subject": { "kind": "holdfast", "options": {
    "delivery": { "backoff": { "max": "1s" }, "breaker": { "max_open_time": "1s" } } } },
  "phases": [
    { "name": "disk", "for": "15s", "disk": [
      { "name": "syncs fail", "when": { "op": "fsync", "path": "spool/**", "probability": 0.05 },
        "effect": { "error": "EIO" } },
      { "name": "slow disk", "effect": { "latency": "2ms" } },
      { "name": "fills", "effect": { "full": { "left": "512KiB" } } } ] },
    { "name": "between", "for": "10s" },
    { "name": "upstream", "for": "15s", "upstream": [
      { "name": "slow", "effect": { "latency": "49ms" } },
      { "name": "failing", "effect": { "error_rate": 0.25 } },
      { "name": "away", "when": { "from": "8s", "to": "12s" }, "effect": { "outage": "refuse" } } ] },
    { "name": "recovery", "for": "20s" }
  ]
})";

void virtual_run(benchmark::State& state, std::string_view text) {
  const auto scenario = scenario::parse_scenario(text, "benchmark.json");
  if (!scenario) return state.SkipWithError(scenario.error().message.c_str());
  for (auto _ : state) {
    auto finished = run::run_virtual(*scenario, 42);
    if (!finished) return state.SkipWithError(finished.error().message.c_str());
    if (!(*finished)->record.closed) return state.SkipWithError("the tracker did not close");
  }
  state.counters["per_record"] = cpu_of_each(kRecords);
}
BENCHMARK_CAPTURE(virtual_run, calm, kCalm)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(virtual_run, five_faults, kFiveFaults)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench
