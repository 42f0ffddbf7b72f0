// Encoding a batch for the upstream and reading its answer, beside the same text written with
// fmt (what one would write without thinking) and a plain copy of the finished bytes (the limit).
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <iterator>
#include <string>
#include <vector>

#include "core/delivery/codecs/lineage.h"
#include "tests/benchmarks/sample_records.h"

namespace holdfast::bench {
namespace {

constexpr std::size_t kBatch = 100;

std::vector<delivery::DeliveryRecord> batch() {
  std::vector<delivery::DeliveryRecord> made;
  std::uint64_t sequence = 1'000'000;
  for (const auto& record : sample_records(kBatch))
    made.push_back({{.epoch = 0x9e3779b97f4a7c15, .sequence = ++sequence}, record});
  return made;
}

// An inverted rate is the time of one: the column reads "27.5n" for 27.5 ns.
void count_records(benchmark::State& state) {
  state.counters["per_record"] =
      benchmark::Counter(static_cast<double>(kBatch),
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void codec_encode(benchmark::State& state) {
  const delivery::LineageCodec codec;
  const auto records = batch();
  for (auto _ : state) benchmark::DoNotOptimize(codec.encode(records, 7, 0));
  count_records(state);
}
BENCHMARK(codec_encode);

void codec_encode_with_fmt(benchmark::State& state) {
  const auto records = batch();
  for (auto _ : state) {
    std::string body = "[";
    for (const auto& [key, record] : records) {
      if (body.size() > 1) body.push_back(',');
      fmt::format_to(
          std::back_inserter(body),
          R"({{"key":"{:016x}-{}","reference":{},"time":{},"model":"{}","provider":"{}",)"
          R"("operation":"{}","input_tokens":{},"output_tokens":{},"latency_us":{},"cost_nanousd":{}}})",
          key.epoch, key.sequence, record.reference, record.time_ns, record.model, record.provider,
          record.operation, record.input_tokens, record.output_tokens, record.latency_us,
          record.cost_nanousd);
    }
    body.push_back(']');
    benchmark::DoNotOptimize(body);
  }
  count_records(state);
}
BENCHMARK(codec_encode_with_fmt);

void codec_encode_copied(benchmark::State& state) {
  const auto request = delivery::LineageCodec().encode(batch(), 7, 0);
  for (auto _ : state) benchmark::DoNotOptimize(std::string(request.body));
  count_records(state);
  state.counters["bytes_per_record"] = static_cast<double>(request.body.size()) / kBatch;
}
BENCHMARK(codec_encode_copied);

void codec_decode(benchmark::State& state) {
  const delivery::LineageCodec codec;
  Response response{.status = 200, .body = "{\"results\":[", .retry_after = {}};
  for (std::size_t i = 0; i < kBatch; ++i) response.body += i == 0 ? "\"accepted\"" : ",\"accepted\"";
  response.body += "]}";
  for (auto _ : state) {
    auto results = codec.decode(response, kBatch);
    if (!results) return state.SkipWithError("the answer was not understood");
    benchmark::DoNotOptimize(results);
  }
  count_records(state);
}
BENCHMARK(codec_decode);

}  // namespace
}  // namespace holdfast::bench
