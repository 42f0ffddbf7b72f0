#include "core/usage/summary.h"

#include <algorithm>

namespace holdfast::usage {
namespace {

constexpr std::uint64_t kDaysOfMonth = 30;

// Of the last `days`, those since the first record.
std::uint64_t days_of_record(const Totals& totals, Day today, std::uint64_t days) {
  if (totals.empty()) return 1;
  const Day first = totals.days().begin()->first;
  if (first == kEarlier || first > today) return days;
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(today - first) + 1, 1, days);
}

}  // namespace

Summary summarise(const Totals& totals, Day today, std::uint64_t days) {
  Summary summary;
  for (const auto& [day, rows] : totals.days()) {
    const bool recent = kept_day(day, today, days) == day && day != kEarlier;
    for (const auto& [names, sums] : rows) {
      if (day == today) summary.today += sums;
      if (recent) summary.last_days += sums;
      summary.all += sums;
      summary.by_model[names.model] += sums;
      summary.by_provider[names.provider] += sums;
      summary.by_operation[names.operation] += sums;
    }
  }
  const std::uint64_t counted = days_of_record(totals, today, std::max<std::uint64_t>(1, days));
  summary.monthly_cost_nanousd = summary.last_days.cost_nanousd / counted * kDaysOfMonth +
                                 summary.last_days.cost_nanousd % counted * kDaysOfMonth / counted;
  return summary;
}

}  // namespace holdfast::usage
