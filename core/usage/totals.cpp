#include "core/usage/totals.h"

#include <charconv>
#include <chrono>

namespace holdfast::usage {
namespace {

constexpr std::string_view kEarlierText = "earlier";
constexpr int kLastYear = 9999;

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::string padded(unsigned value, std::size_t width) {
  std::string text = std::to_string(value);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

std::string day_text(Day day) {
  if (day == kEarlier) return std::string(kEarlierText);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  return padded(static_cast<unsigned>(static_cast<int>(date.year())), 4) + "-" +
         padded(static_cast<unsigned>(date.month()), 2) + "-" + padded(static_cast<unsigned>(date.day()), 2);
}

std::optional<Day> parse_day(std::string_view text) {
  if (text == kEarlierText) return kEarlier;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4)), month = digits(text.substr(5, 2)),
             day = digits(text.substr(8));
  if (!year || !month || !day || *year > kLastYear) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return static_cast<Day>(std::chrono::sys_days{date}.time_since_epoch().count());
}

Names other_names() { return {"other", "other", "other"}; }

Sums& operator+=(Sums& sum, const Sums& more) {
  sum.records = add_up(sum.records, more.records);
  sum.input_tokens = add_up(sum.input_tokens, more.input_tokens);
  sum.output_tokens = add_up(sum.output_tokens, more.output_tokens);
  sum.latency_us = add_up(sum.latency_us, more.latency_us);
  sum.cost_nanousd = add_up(sum.cost_nanousd, more.cost_nanousd);
  sum.unpriced = add_up(sum.unpriced, more.unpriced);
  return sum;
}

bool Totals::add(Day day, const Names& names, const Sums& sums, const Bounds& bounds) {
  Rows& rows = days_[day];
  const auto row = rows.find(names);
  const bool own = row != rows.end() || rows.size() < bounds.keys_per_day;
  (row != rows.end() ? row->second : rows[own ? names : other_names()]) += sums;
  fold_old_days(bounds);
  return own;
}

void Totals::add(const Totals& more, const Bounds& bounds) {
  for (const auto& [day, rows] : more.days_)
    for (const auto& [names, sums] : rows) add(day, names, sums, bounds);
}

void Totals::fold_old_days(const Bounds& bounds) {
  const auto apart = [&] { return days_.size() - days_.count(kEarlier); };
  while (apart() > bounds.days) {
    auto oldest = days_.extract(days_.upper_bound(kEarlier));
    for (const auto& [names, sums] : oldest.mapped()) add(kEarlier, names, sums, bounds);
  }
}

Sums Totals::sum() const {
  Sums sum;
  for (const auto& [day, rows] : days_)
    for (const auto& [names, sums] : rows) sum += sums;
  return sum;
}

}  // namespace holdfast::usage
