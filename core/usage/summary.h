// What people ask of a usage file.
//
//   Summary summary = summarise(totals, day_of(wall), 30);
//   summary.today.records; summary.by_model.at("gpt-4o").cost_nanousd; summary.monthly_cost_nanousd;
//
// The projection is the mean cost of the last days, today included, times thirty; days before the first
// record do not count. Pure.
#pragma once

#include <map>
#include <string>

#include "core/usage/totals.h"

namespace holdfast::usage {

struct Summary {
  Sums today;
  Sums last_days;
  Sums all;
  std::map<std::string, Sums> by_model;  // of all days
  std::map<std::string, Sums> by_provider;
  std::map<std::string, Sums> by_operation;
  std::uint64_t monthly_cost_nanousd = 0;
};

// `days` counts today.
Summary summarise(const Totals& totals, Day today, std::uint64_t days);

}  // namespace holdfast::usage
