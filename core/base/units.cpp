#include "core/base/units.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

namespace holdfast {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t value;
};

// Rising, so that printers may look from the end for the largest that divides.
constexpr Unit kDurationUnits[] = {{"ns", 1},
                                   {"us", 1'000},
                                   {"ms", 1'000'000},
                                   {"s", 1'000'000'000},
                                   {"m", 60'000'000'000},
                                   {"h", 3'600'000'000'000}};
constexpr Unit kSizeUnits[] = {
    {"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}, {"TiB", 1ULL << 40}};
constexpr Unit kRateUnits[] = {{"/s", 1}, {"/m", 60}, {"/h", 3600}};

constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Parts {
  std::string_view whole;
  std::string_view fraction;
  std::string_view unit;
};

// "1.50ms" is whole "1", fraction "5", unit "ms".
std::optional<Parts> split(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  Parts parts{text.substr(0, static_cast<std::size_t>(end - text.begin())), {}, {}};
  if (parts.whole.empty()) return std::nullopt;
  text.remove_prefix(parts.whole.size());
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto stop = std::find_if_not(text.begin(), text.end(), is_digit);
    parts.fraction = text.substr(0, static_cast<std::size_t>(stop - text.begin()));
    if (parts.fraction.empty()) return std::nullopt;
    text.remove_prefix(parts.fraction.size());
    while (parts.fraction.ends_with('0')) parts.fraction.remove_suffix(1);
  }
  parts.unit = text;
  return parts;
}

std::string list_of(std::span<const Unit> units) {
  std::string list;
  for (const auto& unit : units) list += (list.empty() ? "" : ", ") + std::string(unit.name);
  return list;
}

std::unexpected<Error> not_a(std::string_view kind, std::string_view text, std::string_view example,
                             std::span<const Unit> units) {
  return fail(Code::invalid, "\"" + std::string(text) + "\" is not a " + std::string(kind) +
                                 "; write a number and a unit like \"" + std::string(example) +
                                 "\" (units: " + list_of(units) + ")");
}

// digits x value, exactly; nullopt when it does not fit.
std::optional<std::uint64_t> scaled(std::string_view digits, std::uint64_t value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (number > kLargest / value) return std::nullopt;
  return number * value;
}

// 0.digits x value, when that is a whole number.
std::optional<std::uint64_t> scaled_fraction(std::string_view digits, std::uint64_t value) {
  __extension__ using Wide = unsigned __int128;
  if (digits.size() > 18) return std::nullopt;
  std::uint64_t ten = 1;
  std::uint64_t number = 0;
  for (char c : digits) {
    ten *= 10;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  const Wide product = static_cast<Wide>(number) * value;
  if (product % ten != 0) return std::nullopt;
  return static_cast<std::uint64_t>(product / ten);
}

Result<std::uint64_t> parse(std::string_view text, std::string_view kind, std::string_view example,
                            std::span<const Unit> units) {
  const auto parts = split(text);
  if (!parts) return not_a(kind, text, example, units);
  const auto unit = std::ranges::find(units, parts->unit, &Unit::name);
  if (unit == units.end()) return not_a(kind, text, example, units);
  const auto whole = scaled(parts->whole, unit->value);
  const auto fraction = scaled_fraction(parts->fraction, unit->value);
  if (!whole || *whole > kLargest - unit->value) {
    return fail(Code::invalid, "\"" + std::string(text) + "\" is too large for a " + std::string(kind));
  }
  if (!fraction) {
    return fail(Code::invalid, "\"" + std::string(text) + "\" is not a whole number of " +
                                   std::string(units.front().name) + "; use a smaller unit");
  }
  return *whole + *fraction;
}

std::string print(std::uint64_t value, std::span<const Unit> units) {
  if (value == 0) return "0" + std::string(units.front().name);
  auto unit = units.rbegin();
  while (value % unit->value != 0) ++unit;
  return std::to_string(value / unit->value) + std::string(unit->name);
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const auto value = parse(text, "duration", "250ms", kDurationUnits);
  if (!value) return fail(value.error());
  return Duration(static_cast<std::int64_t>(*value));
}

Result<std::uint64_t> parse_size(std::string_view text) { return parse(text, "size", "64MiB", kSizeUnits); }

Result<double> parse_rate(std::string_view text) {
  const auto parts = split(text);
  if (!parts) return not_a("rate", text, "2000/s", kRateUnits);
  const auto* unit = std::ranges::find(kRateUnits, parts->unit, &Unit::name);
  if (unit == std::end(kRateUnits)) return not_a("rate", text, "2000/s", kRateUnits);
  const auto number = text.substr(0, text.size() - parts->unit.size());
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || !std::isfinite(value)) {
    return fail(Code::invalid, "\"" + std::string(text) + "\" is too large for a rate");
  }
  return value / static_cast<double>(unit->value);
}

std::string format_duration(Duration duration) {
  const auto count = duration.count();
  // Negated as unsigned, so that the least value has a form too.
  if (count < 0) return "-" + print(0 - static_cast<std::uint64_t>(count), kDurationUnits);
  return print(static_cast<std::uint64_t>(count), kDurationUnits);
}

std::string format_size(std::uint64_t bytes) { return print(bytes, kSizeUnits); }

}  // namespace holdfast
