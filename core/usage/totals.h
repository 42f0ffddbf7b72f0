// What was used, summed by day and by model, provider and operation.
//
//   Totals totals;
//   totals.add(day, {"gpt-4o", "openai", "chat"}, {.records = 1, .input_tokens = 812}, bounds);
//   Sums all = totals.sum();
//
// Bounded: a day has `keys_per_day` rows and one more under "other"; of the days the latest `days` are
// kept apart, and what is older is summed up under kEarlier. Sums stay at the largest number instead of
// passing it, so adding in any order gives the same. Pure; not thread-safe.
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::usage {

using Day = std::int32_t;  // since 1970-01-01, UTC
inline constexpr Day kEarlier = std::numeric_limits<Day>::min();

// The day of a stamp in nanoseconds since the Unix epoch.
constexpr Day day_of(std::int64_t time_ns) {
  constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1'000'000'000;
  return static_cast<Day>(time_ns >= 0 ? time_ns / kDay : (time_ns + 1) / kDay - 1);
}
// The day itself if it is among the last `days` up to today. One that is not yet is counted today, an
// older one under kEarlier: stamps are their writers', and would otherwise make days without bound.
constexpr Day kept_day(Day day, Day today, std::uint64_t days) {
  if (day > today) return today;
  return std::int64_t{today} - day < static_cast<std::int64_t>(days) ? day : kEarlier;
}
std::string day_text(Day day);  // "2026-11-25", "earlier"
std::optional<Day> parse_day(std::string_view text);

struct Names {
  std::string model;
  std::string provider;
  std::string operation;
  friend auto operator<=>(const Names&, const Names&) = default;
};
Names other_names();  // of what no row of its own was left for

struct Sums {
  std::uint64_t records = 0;
  std::uint64_t input_tokens = 0;
  std::uint64_t output_tokens = 0;
  std::uint64_t latency_us = 0;
  std::uint64_t cost_nanousd = 0;
  std::uint64_t unpriced = 0;  // records that brought no cost, and whose model has no price
  friend bool operator==(const Sums&, const Sums&) = default;
};

constexpr std::uint64_t add_up(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::uint64_t>::max() : sum;
}
Sums& operator+=(Sums& sum, const Sums& more);

struct Bounds {
  std::uint64_t keys_per_day = 200;
  std::uint64_t days = 90;
};

class Totals {
 public:
  using Rows = std::map<Names, Sums>;

  // True when the row is its own, false when it went to "other".
  bool add(Day day, const Names& names, const Sums& sums, const Bounds& bounds);
  void add(const Totals& more, const Bounds& bounds);

  const std::map<Day, Rows>& days() const { return days_; }
  bool empty() const { return days_.empty(); }
  Sums sum() const;
  friend bool operator==(const Totals&, const Totals&) = default;

 private:
  void fold_old_days(const Bounds& bounds);

  std::map<Day, Rows> days_;
};

}  // namespace holdfast::usage
