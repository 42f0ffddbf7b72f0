// What summing up usage costs the collector, per record: the desk as the collector calls it, on commits
// of 1,000 records, beside what the collector does with each record in any case (copying its frame, the
// baseline) and beside the limit: the same numbers added to the one row that is already known.
// Rounds alternate.
#include <benchmark/benchmark.h>
#include <time.h>

#include <array>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "core/ingest/record_frame.h"
#include "core/pipeline/usage_desk.h"
#include "tests/benchmarks/sample_records.h"
#include "tests/benchmarks/samples.h"

namespace holdfast::bench {
namespace {

constexpr std::size_t kRecords = 1000;
constexpr int kCommits = 100;  // of one round
constexpr int kRounds = 40;

class NoEvent final : public Event {
  std::uint64_t ticket() const override { return 0; }
  void notify() override {}
  bool wait_until(std::uint64_t, Time) override { return false; }
};

std::vector<delivery::HeldRecord> held_records() {
  std::vector<delivery::HeldRecord> held;
  for (const auto& record : sample_records(kRecords)) {
    std::array<std::byte, ingest::kMaxFrameBytes> frame;
    ingest::write_frame(record, frame.data());
    held.emplace_back().assign(Bytes(frame).first(ingest::frame_size(record)));
    held.back().key.sequence = held.size();
  }
  return held;
}

// Processor time, so that neighbours do not count.
double thread_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

template <class Work>
double nanoseconds_per_record(Work&& work) {
  const auto began = thread_nanoseconds();
  for (int i = 0; i < kCommits; ++i) work();
  return (thread_nanoseconds() - began) / (kCommits * static_cast<double>(kRecords));
}

void usage_count(benchmark::State& state) {
  const auto records = held_records();
  const WallTime wall{std::chrono::nanoseconds(1'767'225'600'000'000'000)};
  pipeline::UsageDesk desk({}, Random(1).stream("usage.tally"), std::make_unique<NoEvent>());
  std::vector<delivery::HeldRecord> staged;
  staged.reserve(kRecords);
  std::map<std::tuple<usage::Day, std::string, std::string, std::string>, usage::Sums> plain;
  usage::Sums one_row;
  for (auto _ : state) {
    Samples counted, copied, added, mapped;
    for (int round = 0; round < kRounds; ++round) {
      counted.add(nanoseconds_per_record([&] { desk.count(records, wall); }));
      copied.add(nanoseconds_per_record([&] {
        staged.clear();
        for (const auto& record : records) staged.emplace_back().assign(record.frame());
        benchmark::DoNotOptimize(staged.data());
      }));
      added.add(nanoseconds_per_record([&] {
        for (const auto& record : records) {
          const auto numbers = ingest::read_numbers(record.frame());
          one_row +=
              {1, numbers.input_tokens, numbers.output_tokens, numbers.latency_us, numbers.cost_nanousd, 0};
          benchmark::DoNotOptimize(one_row);
        }
      }));
      mapped.add(nanoseconds_per_record([&] {
        for (const auto& record : records) {
          const auto usage = *ingest::read_frame(record.frame());
          plain[{usage::day_of(usage.time_ns), std::string(usage.model), std::string(usage.provider),
                 std::string(usage.operation)}] +=
              {1, usage.input_tokens, usage.output_tokens, usage.latency_us, usage.cost_nanousd, 0};
        }
      }));
    }
    report(state, "ns", counted.median());
    report(state, "copy_ns", copied.median());
    report(state, "limit_ns", added.median());
    report(state, "map_ns", mapped.median());
    report(state, "of_copy", counted.median() / copied.median());
    report(state, "of_limit", counted.median() / added.median());
    report(state, "of_map", counted.median() / mapped.median());
    state.SetIterationTime(counted.median() * 1e-9);
  }
}
BENCHMARK(usage_count)->Iterations(1)->UseManualTime()->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace holdfast::bench
