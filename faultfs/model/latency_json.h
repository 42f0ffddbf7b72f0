// The latencies of fault_plan_json.h's grammar, and the files of measured ones.
//
//   auto latency = latency_from_json(value, pointer);          // "5ms", {"uniform": ["1ms", "5ms"]}, ...
//   auto quantiles = parse_samples(text);                      // "1.2ms\n800us\n...": one a line
//
// A plan that names a file must be completed by whoever may read it:
//
//   status = read_samples(plan.rules, "", [&](const std::string& file) { return text of the file; });
//
// Samples are kept as at most kMostQuantiles quantiles, evenly spaced. Pure.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kMostSamples = 1'000'000;

PlanResult<LatencyEffect> latency_from_json(const nlohmann::json& value, const std::string& pointer);
nlohmann::json to_json(const LatencyEffect& effect);

// Empty lines and lines that begin with '#' say nothing. Errors begin with "line:column: ".
Result<std::vector<Duration>> parse_samples(std::string_view text);

// `pointer` is that of the list of rules. The errors of a file's text begin with "FILE:line:column: ".
using ReadText = std::function<Result<std::string>(const std::string& file)>;
PlanResult<void> read_samples(std::span<Rule> rules, const std::string& pointer, const ReadText& read);

}  // namespace holdfast::faultfs
