#include "simulator/gate/row.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "simulator/scenario/measures.h"

namespace holdfast::gate {
namespace {

// Lower is worse for what should be kept, higher for what should not happen.
bool more_is_better(std::string_view measure) {
  return measure.starts_with("retention.") || measure == "oracle_ratio";
}

std::string format_duration_s(double seconds) {
  if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.1f} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

}  // namespace

oracle::RunVerdict worse(oracle::RunVerdict a, oracle::RunVerdict b) {
  const auto rank = [](oracle::RunVerdict verdict) {
    switch (verdict) {
      case oracle::RunVerdict::pass: return 0;
      case oracle::RunVerdict::inconclusive: return 1;
      case oracle::RunVerdict::invalid: return 2;
      case oracle::RunVerdict::fail: return 3;
    }
    return 3;
  };
  return rank(b) > rank(a) ? b : a;
}

void Row::note(oracle::RunVerdict verdict, const std::vector<std::string>& reasons) {
  if (worse(verdict_, verdict) == verdict_) return;
  verdict_ = verdict;
  reasons_ = reasons;
}

void Row::add(const run::Outcome& outcome) {
  ++seeds_;
  const auto& judgement = outcome.result.judgement;
  note(judgement.verdict, judgement.reasons);
  for (const auto& expectation : judgement.expectations)
    missed_expectation_ |= expectation.verdict == oracle::ExpectationVerdict::fail;
  for (const auto& law : outcome.result.laws) broke_law_ |= law.verdict == oracle::LawVerdict::fail;
  for (const auto& measure : scenario::known_measures())
    if (auto value = outcome.result.measures.value(std::string(measure.name)))
      values_[std::string(measure.name)].push_back(*value);
}

void Row::add_error(const Error& error) {
  ++seeds_;
  errors_.push_back(error);
  note(oracle::RunVerdict::invalid, {error.message});
}

std::string Row::cell(std::string_view measure) const {
  const auto found = values_.find(measure);
  if (found == values_.end() || found->second.empty()) return "-";
  auto values = found->second;
  std::sort(values.begin(), values.end());
  const double median = values[(values.size() - 1) / 2];
  const double worst = more_is_better(measure) ? values.front() : values.back();
  if (values.size() == 1 || median == worst) return format_measure(measure, median);
  return fmt::format("{} ({})", format_measure(measure, median), format_measure(measure, worst));
}

std::string format_measure(std::string_view measure, double value) {
  if (std::isinf(value)) return "never";
  const auto* known = scenario::find_measure(measure);
  if (known == nullptr || known->unit == scenario::MeasureUnit::count) return fmt::format("{:.0f}", value);
  if (known->unit == scenario::MeasureUnit::duration) return format_duration_s(value);
  if (known->unit == scenario::MeasureUnit::factor) return fmt::format("{:.3g}", value);
  return fmt::format("{:.1f} %", std::floor(value * 1000) / 10);  // never rounded up past a target
}

std::string format_table(const std::vector<Row>& rows) {
  constexpr std::array kMeasures{"retention.accepted", "retention.durable", "retention.delivered",
                                 "retention.calls",    "oracle_ratio",      "loss.unaccounted",
                                 "duplicates",         "recovery.time",     "record.p99"};
  constexpr std::array kTitles{"accepted",    "durable",    "delivered", "calls",     "oracle",
                               "unaccounted", "duplicates", "recovery",  "record p99"};
  std::vector<std::vector<std::string>> cells{{"scenario", "subject", "world", "seeds"}};
  cells[0].insert(cells[0].end(), kTitles.begin(), kTitles.end());
  cells[0].push_back("verdict");
  for (const auto& row : rows) {
    auto& line = cells.emplace_back(
        std::vector<std::string>{row.scenario(), row.subject(), row.world(), std::to_string(row.seeds())});
    for (const char* measure : kMeasures) line.push_back(row.cell(measure));
    line.push_back(std::string(oracle::to_string(row.verdict())));
  }
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string text;
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i)
      text +=
          i < 3 ? fmt::format("{:<{}}  ", line[i], widths[i]) : fmt::format("{:>{}}  ", line[i], widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

}  // namespace holdfast::gate
