// What a gate tells GitHub Actions beside its exit code: annotations at the lines of the scenario files,
// and the job's summary.
//
//   for (const auto& line : annotations(result, workspace)) std::cout << line << "\n";
//   append(summary_file, job_summary(result));
//
// Annotations are workflow commands, "::error file=...,line=...,title=...::message"; GitHub shows ten
// of each step, so the eleventh says how many more there are. The summary is cut below GitHub's limit of
// 1 MiB. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/gate/gate.h"

namespace holdfast::gate {

inline constexpr std::size_t kMostAnnotations = 10;
inline constexpr std::size_t kLongestSummary = 1'000'000;  // bytes

// `workspace`: the checked-out root, which GitHub wants cut off the paths; "" when unknown.
std::vector<std::string> annotations(const GateResult& result, std::string_view workspace);

std::string job_summary(const GateResult& result);

}  // namespace holdfast::gate
