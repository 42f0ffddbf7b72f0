// Durations, sizes and rates as people write them: a number and a unit, without a space.
//
//   auto wait = parse_duration("1.5s");     // ns us ms s m h
//   auto room = parse_size("256KiB");       // B KiB MiB GiB TiB
//   auto load = parse_rate("2000/s");       // per s, m, h
//
// Decimals are exact or refused ("0.5B" is no size). Printers write the shortest exact form, which
// their parser reads back. Errors are whole sentences that name the units allowed. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

Result<Duration> parse_duration(std::string_view text);
Result<std::uint64_t> parse_size(std::string_view text);
// Events per second.
Result<double> parse_rate(std::string_view text);

std::string format_duration(Duration duration);
std::string format_size(std::uint64_t bytes);

}  // namespace holdfast
