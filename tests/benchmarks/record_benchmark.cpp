// What record() costs its caller: bursts of 256 calls while a consumer drains, beside a limit ring
// that is given the same fields, and one that is given ready-made bytes (no record() could be
// faster: somebody must make them). Rounds alternate, so that all three see the same machine.
#include <benchmark/benchmark.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <tuple>
#include <vector>

#include "core/ingest/ring_registry.h"
#include "tests/benchmarks/limit_ring.h"
#include "tests/benchmarks/sample_records.h"
#include "tests/benchmarks/samples.h"
#include "tests/benchmarks/stopwatch.h"

namespace holdfast::bench {
namespace {

constexpr std::size_t kRingBytes = 1 << 20;
constexpr std::size_t kRecords = 1024;
constexpr std::size_t kBurst = 256;
constexpr int kBurstsPerRound = 24;  // half timed call by call, half as a whole
constexpr int kRounds = 8;
constexpr int kWarmUpRounds = 2;             // every byte of a ring has been used by then
constexpr std::size_t kSustained = 400'000;  // records of one producer in one round
constexpr auto kPause = std::chrono::milliseconds(2);
constexpr auto kConsumerRest = std::chrono::microseconds(100);

const std::vector<UsageRecord>& records() {
  static const std::vector<UsageRecord> made = sample_records(kRecords);
  return made;
}

const std::vector<std::vector<std::byte>>& ready_frames() {
  static const auto made = [] {
    std::vector<std::vector<std::byte>> frames;
    for (const auto& record : records()) {
      frames.emplace_back(ingest::frame_size(record));
      ingest::write_frame(record, frames.back().data());
    }
    return frames;
  }();
  return made;
}

// Reads every line of a frame, as a collector must.
void look_at(const std::byte* at, std::size_t size) {
  std::array<std::byte, ingest::kMaxFrameBytes> copy;
  std::memcpy(copy.data(), at, std::min(size, copy.size()));
  benchmark::DoNotOptimize(copy);
}

class Holdfast {
 public:
  explicit Holdfast(int producers) : registry_(kRingBytes) {
    for (int i = 0; i < producers; ++i) producers_.emplace_back(registry_.add());
  }
  bool put(int producer, std::size_t record) noexcept {
    return producers_[static_cast<std::size_t>(producer)].record(records()[record]) == Outcome::accepted;
  }
  std::size_t drain() {
    return registry_.drain(100'000, [](std::span<std::byte> frame) { look_at(frame.data(), frame.size()); });
  }

 private:
  ingest::RingRegistry registry_;
  std::vector<Producer> producers_;
};

class LimitRings {
 public:
  explicit LimitRings(int producers) {
    for (int i = 0; i < producers; ++i) rings_.push_back(std::make_unique<LimitRing>(kRingBytes));
  }
  std::size_t drain() {
    std::size_t count = 0;
    for (auto& ring : rings_) count += ring->take_all(look_at);
    return count;
  }

 protected:
  LimitRing& ring(int producer) noexcept { return *rings_[static_cast<std::size_t>(producer)]; }

 private:
  std::vector<std::unique_ptr<LimitRing>> rings_;
};

// The plain way to frame the fields; deliberately none of the core's code.
struct Fields : LimitRings {
  using LimitRings::LimitRings;
  struct Fixed {
    std::int64_t time_ns;
    std::uint64_t reference, cost_nanousd;
    std::uint32_t input_tokens, output_tokens, latency_us;
    std::uint8_t model, provider, operation, version;
  };
  static_assert(sizeof(Fixed) == ingest::kFrameFixedBytes);

  bool put(int producer, std::size_t record) noexcept {
    const UsageRecord& from = records()[record];
    const std::size_t texts = from.model.size() + from.provider.size() + from.operation.size();
    return ring(producer).put(sizeof(Fixed) + texts, [&](std::byte* at) {
      const auto length = [](std::string_view text) { return static_cast<std::uint8_t>(text.size()); };
      const Fixed fixed{from.time_ns,           from.reference,
                        from.cost_nanousd,      from.input_tokens,
                        from.output_tokens,     from.latency_us,
                        length(from.model),     length(from.provider),
                        length(from.operation), 1};
      std::memcpy(at, &fixed, sizeof fixed);
      at += sizeof fixed;
      for (const std::string_view text : {from.model, from.provider, from.operation}) {
        std::memcpy(at, text.data(), text.size());
        at += text.size();
      }
    });
  }
};

struct ReadyBytes : LimitRings {
  using LimitRings::LimitRings;
  bool put(int producer, std::size_t record) noexcept {
    const auto& frame = ready_frames()[record];
    return ring(producer).put(frame.size(),
                              [&](std::byte* at) { std::memcpy(at, frame.data(), frame.size()); });
  }
};

// Drains one contender on a thread of its own for as long as it lives.
template <class Contender>
class Consumer {
 public:
  explicit Consumer(Contender& contender)
      : thread_([this, &contender] {
          while (!stop_.load(std::memory_order_relaxed))
            if (contender.drain() == 0) std::this_thread::sleep_for(kConsumerRest);
        }) {}
  ~Consumer() {
    stop_.store(true);
    thread_.join();
  }

 private:
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct Times {
  Samples calls;
  Samples means;  // of a whole burst, per call
  std::uint64_t refused = 0;
};

template <class Contender>
Times produce(Contender& contender, int producer, const Stopwatch& watch) {
  Times times;
  times.calls.reserve(kBurst * kBurstsPerRound);
  std::size_t next = static_cast<std::size_t>(producer) * 7;
  const auto put = [&] {
    next = (next + 1) % kRecords;
    if (!contender.put(producer, next)) ++times.refused;
  };
  for (int burst = 0; burst < kBurstsPerRound; ++burst) {
    if (burst % 2 == 0) {
      for (std::size_t i = 0; i < kBurst; ++i) {
        const auto begin = Stopwatch::begin();
        put();
        times.calls.add(watch.nanoseconds(Stopwatch::end() - begin));
      }
    } else {
      const auto begin = Stopwatch::begin();
      for (std::size_t i = 0; i < kBurst; ++i) put();
      times.means.add(watch.nanoseconds(Stopwatch::end() - begin) / kBurst);
    }
    std::this_thread::sleep_for(kPause);
  }
  return times;
}

template <class Contender>
void play_round(Contender& contender, int producers, const Stopwatch& watch, Times* into) {
  const Consumer consumer(contender);
  std::vector<Times> times(static_cast<std::size_t>(producers));
  std::vector<std::thread> threads;
  for (int i = 0; i < producers; ++i)
    threads.emplace_back([&, i] { times[static_cast<std::size_t>(i)] = produce(contender, i, watch); });
  for (auto& thread : threads) thread.join();
  if (into == nullptr) return;
  for (const auto& one : times) {
    into->calls.add(one.calls);
    into->means.add(one.means);
    into->refused += one.refused;
  }
}

void report_times(benchmark::State& state, const std::string& name, Times& times) {
  report(state, name + "p50", times.calls.median());
  report(state, name + "p99", times.calls.quantile(0.99));
  report(state, name + "p99.9", times.calls.quantile(0.999));
  report(state, name + "mean", times.means.median());
}

void record_burst(benchmark::State& state) {
  const auto producers = static_cast<int>(state.range(0));
  const Stopwatch watch;
  for (auto _ : state) {
    Holdfast holdfast(producers);
    Fields fields(producers);
    ReadyBytes ready(producers);
    std::array<Times, 3> times;
    for (int round = -kWarmUpRounds; round < kRounds; ++round) {
      play_round(holdfast, producers, watch, round < 0 ? nullptr : &times[0]);
      play_round(fields, producers, watch, round < 0 ? nullptr : &times[1]);
      play_round(ready, producers, watch, round < 0 ? nullptr : &times[2]);
    }
    report_times(state, "", times[0]);
    report_times(state, "limit_", times[1]);
    report_times(state, "bytes_", times[2]);
    report(state, "ratio_p50", times[0].calls.median() / times[1].calls.median());
    report(state, "ratio_mean", times[0].means.median() / times[1].means.median());
    report(state, "refused", static_cast<double>(times[0].refused));
    state.SetIterationTime(times[0].means.median() * 1e-9);
  }
}
BENCHMARK(record_burst)
    ->ArgName("producers")
    ->Arg(1)
    ->Arg(4)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kNanosecond);

// As fast as the consumer takes them: here lines wander between the two cores all the time. A
// refused record is offered again. Returns accepted records per second over all producers.
template <class Contender>
double sustained(Contender& contender, int producers) {
  const Consumer consumer(contender);
  std::vector<std::thread> threads;
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < producers; ++i)
    threads.emplace_back([&, i] {
      for (std::size_t left = kSustained; left > 0; --left)
        while (!contender.put(i, left % kRecords)) std::this_thread::yield();
    });
  for (auto& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  return static_cast<double>(kSustained) * producers / took.count();
}

void record_sustained(benchmark::State& state) {
  const auto producers = static_cast<int>(state.range(0));
  for (auto _ : state) {
    Holdfast holdfast(producers);
    Fields fields(producers);
    ReadyBytes ready(producers);
    std::array<Samples, 3> rates;
    for (int round = 0; round < kRounds; ++round) {
      rates[0].add(sustained(holdfast, producers));
      rates[1].add(sustained(fields, producers));
      rates[2].add(sustained(ready, producers));
    }
    report(state, "records/s", rates[0].median());
    report(state, "limit_records/s", rates[1].median());
    report(state, "bytes_records/s", rates[2].median());
    report(state, "of_limit", rates[0].median() / rates[1].median());
    state.SetIterationTime(1 / rates[0].median());
  }
}
BENCHMARK(record_sustained)
    ->ArgName("producers")
    ->Arg(1)
    ->Arg(4)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kNanosecond);

}  // namespace
}  // namespace holdfast::bench
