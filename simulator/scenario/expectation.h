// One expectation: a measure, a comparator, a value, as in "retention.durable >= 10%".
//
//   expectation = measure comparator value
//   comparator  = "<" | "<=" | "==" | ">=" | ">"
//   value       = number "%"          for ratios (or a plain number: 0.1)
//               | number unit         for durations: ns us ms s m h
//               | number              for counts and factors
//
//   auto expectation = parse_expectation("recovery.time <= 4s");    // value 4
//   holds(*expectation, 3.2);                                       // true
//
// Errors say what was found, what is allowed, and the nearest measure. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::scenario {

Result<Expectation> parse_expectation(std::string_view text);

// "<=", ">", ...
std::string_view to_string(Comparator comparator);

bool holds(const Expectation& expectation, double measured);

}  // namespace holdfast::scenario
