// A measure's value as people read it: "63.2 %", "1.25 s", "38 ns", "0", "never".
//
//   format_measure("retention.durable", 0.632)
//
// Ratios are rounded down, so that none is shown to have reached a target that it missed. Pure.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::scenario {

std::string format_measure(std::string_view measure, double value);

// Lower is worse for what should be kept, higher for what should not happen.
bool more_is_better(std::string_view measure);

}  // namespace holdfast::scenario
