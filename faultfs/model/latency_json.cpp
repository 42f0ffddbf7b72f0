#include "faultfs/model/latency_json.h"

#include <algorithm>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kDistributions[] = {"uniform", "lognormal", "pareto", "samples"};
constexpr std::string_view kLognormalKeys[] = {"median", "p99", "max"};
constexpr std::string_view kParetoKeys[] = {"min", "shape", "max"};
constexpr double kLeastShape = 0.1;
constexpr double kMostShape = 100;

PlanResult<Duration> bounded_duration(const json& value, const std::string& pointer) {
  auto delay = duration_of(value, pointer);
  if (delay && *delay > kLongestLatency)
    return wrong(pointer, "found " + format_duration(*delay) + "; a latency is at most " +
                              format_duration(kLongestLatency) + "; what lasts longer is a \"hang\"");
  return delay;
}

PlanResult<Duration> some_duration(const json& value, const std::string& pointer) {
  auto delay = bounded_duration(value, pointer);
  if (delay && delay->count() == 0)
    return wrong(pointer, "found " + value.dump() + "; this must be longer than 0");
  return delay;
}

// An object with the keys of a distribution, of which it may lack the last.
PlanResult<void> check_distribution(const json& value, const std::string& pointer, std::string_view name,
                                    std::span<const std::string_view> keys) {
  const std::string what = in_quotes(name);
  if (auto known = check_keys(value, pointer, what, keys); !known) return known;
  const auto needed = keys.first(keys.size() - 1);
  for (const auto key : needed)
    if (!value.contains(key))
      return wrong(pointer, what + " needs " + in_quotes(key) + "; allowed are " + quoted_list(needed) +
                                " and, if you like, " + in_quotes(keys.back()));
  return {};
}

PlanResult<UniformLatency> uniform_of(const json& value, const std::string& pointer) {
  if (!value.is_array() || value.size() != 2)
    return wrong(pointer, "\"uniform\" is the shortest and the longest delay, like [\"1ms\", \"5ms\"]");
  auto min = bounded_duration(value[0], below(pointer, 0));
  if (!min) return std::unexpected(min.error());
  auto max = bounded_duration(value[1], below(pointer, 1));
  if (!max) return std::unexpected(max.error());
  if (*min > *max) return wrong(pointer, "the shortest delay comes first");
  return UniformLatency{*min, *max};
}

PlanResult<LognormalLatency> lognormal_of(const json& value, const std::string& pointer) {
  LognormalLatency of;
  auto status = check_distribution(value, pointer, "lognormal", kLognormalKeys);
  if (status) status = take(value, pointer, "median", of.median, some_duration);
  if (status) status = take(value, pointer, "p99", of.p99, some_duration);
  if (status) status = take(value, pointer, "max", of.max, some_duration);
  if (!status) return std::unexpected(status.error());
  if (of.p99 < of.median)
    return wrong(below(pointer, "p99"),
                 "one delay in a hundred is longer than \"p99\", and half of them are "
                 "longer than \"median\", so \"p99\" cannot be the shorter one");
  if (of.max < of.median) return wrong(below(pointer, "max"), "\"max\" is shorter than the median");
  return of;
}

PlanResult<std::uint64_t> shape_of(const json& value, const std::string& pointer) {
  const double shape = value.is_number() ? value.get<double>() : 0.0;
  if (!(shape >= kLeastShape && shape <= kMostShape))
    return wrong(pointer, "found " + value.dump() + "; allowed: a number from 0.1 to 100");
  return static_cast<std::uint64_t>(shape * static_cast<double>(kShapeUnit) + 0.5);
}

PlanResult<ParetoLatency> pareto_of(const json& value, const std::string& pointer) {
  ParetoLatency of;
  auto status = check_distribution(value, pointer, "pareto", kParetoKeys);
  if (status) status = take(value, pointer, "min", of.min, some_duration);
  if (status) status = take(value, pointer, "shape", of.shape, shape_of);
  if (status) status = take(value, pointer, "max", of.max, some_duration);
  if (!status) return std::unexpected(status.error());
  if (of.max < of.min) return wrong(below(pointer, "max"), "\"max\" is shorter than \"min\"");
  return of;
}

// Sorted, and of very many only those at evenly spaced quantiles.
std::vector<Duration> quantiles_of(std::vector<Duration> samples) {
  std::ranges::sort(samples);
  if (samples.size() <= kMostQuantiles) return samples;
  std::vector<Duration> quantiles;
  for (std::size_t i = 0; i < kMostQuantiles; ++i)
    quantiles.push_back(samples[i * (samples.size() - 1) / (kMostQuantiles - 1)]);
  return quantiles;
}

// A file's name, or the quantiles themselves, which is how a plan that was read is printed.
PlanResult<SampledLatency> sampled_of(const json& value, const std::string& pointer) {
  if (value.is_string() && !value.get<std::string>().empty()) return SampledLatency{value, {}};
  if (!value.is_array() || value.empty() || value.size() > kMostQuantiles)
    return wrong(pointer, "\"samples\" is the name of a file with one duration a line, or a list of 1 to " +
                              std::to_string(kMostQuantiles) + " durations");
  std::vector<Duration> samples;
  for (std::size_t i = 0; i < value.size(); ++i) {
    auto delay = bounded_duration(value[i], below(pointer, i));
    if (!delay) return std::unexpected(delay.error());
    samples.push_back(*delay);
  }
  return SampledLatency{{}, quantiles_of(std::move(samples))};
}

template <class Distribution, class Read>
PlanResult<LatencyEffect> effect_of(const json& value, const std::string& pointer, Read read) {
  PlanResult<Distribution> of = read(value, pointer);
  if (!of) return std::unexpected(of.error());
  return LatencyEffect{*std::move(of)};
}

json json_of(Duration always) { return format_duration(always); }
json json_of(const UniformLatency& of) {
  return {{"uniform", json::array({format_duration(of.min), format_duration(of.max)})}};
}
json json_of(const LognormalLatency& of) {
  json value = {{"median", format_duration(of.median)}, {"p99", format_duration(of.p99)}};
  if (of.max != kLongestLatency) value["max"] = format_duration(of.max);
  return {{"lognormal", std::move(value)}};
}
json json_of(const ParetoLatency& of) {
  json value = {{"min", format_duration(of.min)},
                {"shape", static_cast<double>(of.shape) / static_cast<double>(kShapeUnit)}};
  if (of.max != kLongestLatency) value["max"] = format_duration(of.max);
  return {{"pareto", std::move(value)}};
}
json json_of(const SampledLatency& of) {
  if (of.quantiles.empty()) return {{"samples", of.file}};
  json list = json::array();
  for (const Duration delay : of.quantiles) list.push_back(format_duration(delay));
  return {{"samples", std::move(list)}};
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
    line.remove_suffix(1);
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

Result<Duration> parse_sample(std::string_view word) {
  auto delay = parse_duration(word);
  if (delay && *delay > kLongestLatency)
    return fail(Code::invalid,
                std::string(word) + " is longer than a latency may be, " + format_duration(kLongestLatency));
  return delay;
}

}  // namespace

PlanResult<LatencyEffect> latency_from_json(const json& value, const std::string& pointer) {
  if (!value.is_object()) {
    auto delay = bounded_duration(value, pointer);
    if (!delay) return std::unexpected(delay.error());
    return LatencyEffect{*delay};
  }
  if (auto status = check_keys(value, pointer, "\"latency\"", kDistributions); !status)
    return std::unexpected(status.error());
  if (value.size() != 1)
    return wrong(pointer, "a latency is a duration or exactly one of " + quoted_list(kDistributions));
  const std::string key = value.begin().key();
  const std::string at = below(pointer, key);
  if (key == "uniform") return effect_of<UniformLatency>(value[key], at, uniform_of);
  if (key == "lognormal") return effect_of<LognormalLatency>(value[key], at, lognormal_of);
  if (key == "pareto") return effect_of<ParetoLatency>(value[key], at, pareto_of);
  return effect_of<SampledLatency>(value[key], at, sampled_of);
}

json to_json(const LatencyEffect& effect) {
  return std::visit([](const auto& of) { return json_of(of); }, effect.delay);
}

Result<std::vector<Duration>> parse_samples(std::string_view text) {
  std::vector<Duration> samples;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string_view word = trimmed(line);
    if (word.empty() || word.starts_with('#')) continue;
    const auto place = std::to_string(number) + ":" + std::to_string(word.data() - line.data() + 1) + ": ";
    auto delay = parse_sample(word);
    if (!delay) return fail(Code::invalid, place + delay.error().message);
    if (samples.size() == kMostSamples)
      return fail(Code::invalid, place + "a file has at most " + std::to_string(kMostSamples) + " samples");
    samples.push_back(*delay);
  }
  if (samples.empty()) return fail(Code::invalid, "1:1: there is no duration in it; write one a line");
  return quantiles_of(std::move(samples));
}

PlanResult<void> read_samples(std::span<Rule> rules, const std::string& pointer, const ReadText& read) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto& latency = rules[i].effect.latency;
    auto* sampled = latency ? std::get_if<SampledLatency>(&latency->delay) : nullptr;
    if (sampled == nullptr || sampled->file.empty()) continue;
    const auto at = below(below(below(below(pointer, i), "effect"), "latency"), "samples");
    const auto text = read(sampled->file);
    if (!text) return wrong(at, text.error().message);
    auto quantiles = parse_samples(*text);
    if (!quantiles) return wrong(at, sampled->file + ":" + quantiles.error().message);
    *sampled = {{}, *std::move(quantiles)};
  }
  return {};
}

}  // namespace holdfast::faultfs
