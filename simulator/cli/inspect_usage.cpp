// `holdfast inspect` of a usage directory: what was used, as a table for people or as JSON.
#include "simulator/cli/inspect_usage.h"

#include <fmt/format.h>

#include <iostream>

#include "core/host/system_clock.h"
#include "core/usage/location.h"
#include "simulator/cli/inspection_json.h"

namespace holdfast::cli {
namespace {

constexpr std::uint64_t kDays = 30;

// Names are strangers' texts: none of their bytes may reach a terminal as a command.
std::string printable(std::string_view name) {
  std::string text;
  for (std::size_t at = 0; at < name.size(); ++at) {
    const auto byte = static_cast<unsigned char>(name[at]);
    const bool c1 = byte == 0xC2 && at + 1 < name.size() && static_cast<unsigned char>(name[at + 1]) < 0xA0;
    text += byte < 0x20 || byte == 0x7F || c1 ? '?' : name[at];
    if (c1) ++at;
  }
  return text;
}

std::string dollars(std::uint64_t nanousd) {
  return fmt::format("${}.{:06}", nanousd / 1'000'000'000, nanousd % 1'000'000'000 / 1000);
}

void print_row(std::string_view name, const usage::Sums& sums) {
  fmt::print("  {:<24} {:>12} {:>14} {:>14} {:>16}\n", printable(name), sums.records, sums.input_tokens,
             sums.output_tokens, dollars(sums.cost_nanousd));
}

void print_part(std::string_view title, const std::map<std::string, usage::Sums>& rows) {
  fmt::print("{}\n", title);
  for (const auto& [name, sums] : rows) print_row(name, sums);
}

void print_summary(const usage::Inspection& inspection, const usage::Summary& summary) {
  fmt::print("{}: generation {}, {} lives\n", inspection.source, inspection.book->generation,
             inspection.book->folds + inspection.book->lives.size());
  fmt::print("  {:<24} {:>12} {:>14} {:>14} {:>16}\n", "", "records", "input tokens", "output tokens",
             "cost");
  print_row("today", summary.today);
  print_row(fmt::format("last {} days", kDays), summary.last_days);
  print_row("all", summary.all);
  print_part("by model", summary.by_model);
  print_part("by provider", summary.by_provider);
  print_part("by operation", summary.by_operation);
  fmt::print("projected cost of a month: {}\n", dollars(summary.monthly_cost_nanousd));
  if (summary.all.unpriced > 0)
    fmt::print("{} records brought no cost and have no price (usage.prices)\n", summary.all.unpriced);
}

}  // namespace

bool is_usage_directory(FileSystem& files, const std::string& directory) {
  auto names = files.list(directory);
  if (!names) return false;
  for (const auto& name : *names)
    if (name.starts_with(usage::kFileName) || name == "usage.lock") return true;
  return false;
}

ExitCode inspect_usage(FileSystem& files, const std::string& directory, bool json) {
  auto inspection = usage::inspect(files, directory);
  if (!inspection) {
    std::cerr << "holdfast inspect: " << inspection.error().message << "\n";
    return exit_code(inspection.error().code);
  }
  const usage::Bounds as_written{.keys_per_day = ~std::uint64_t{0}, .days = ~std::uint64_t{0}};
  usage::Summary summary;
  if (inspection->book) {
    const auto today = usage::day_of(host::SystemClock().wall().time_since_epoch().count());
    summary = usage::summarise(inspection->book->totals(as_written), today, kDays);
  }
  if (json) {
    fmt::print("{}", inspection_json(*inspection, summary));
  } else {
    if (inspection->book)
      print_summary(*inspection, summary);
    else
      fmt::print("{}: no sound usage file\n", directory);
    for (const auto& problem : inspection->problems) fmt::print("not sound: {}\n", problem);
    for (const auto& name : inspection->set_aside) fmt::print("kept aside: {}\n", name);
  }
  return inspection->problems.empty() && inspection->book ? kDone : kFailed;
}

}  // namespace holdfast::cli
