#include "simulator/scenario/time_axis.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/units.h"

namespace holdfast::scenario {
namespace {

constexpr std::size_t kLongestLabel = 24;

// Writes a text over what is there, as far as `end`.
void put(std::string& line, std::size_t at, std::string_view text, std::size_t end) {
  for (std::size_t i = 0; i < text.size() && at + i < std::min(end, line.size()); ++i) line[at + i] = text[i];
}

std::string without_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

struct Fault {
  std::string label;
  Duration from{0};
  Duration to{0};
};

std::vector<Fault> faults_of(const Scenario& scenario) {
  std::vector<Fault> faults;
  Duration start{0};
  for (const auto& phase : scenario.phases) {
    const auto add = [&](const char* layer, const std::string& name, Duration from, Duration to) {
      faults.push_back(
          {fmt::format("{:<9}{}", layer, name), start + from, start + std::min(to, phase.length)});
    };
    for (const auto& rule : phase.disk.rules) add("disk", rule.name, rule.when.from, rule.when.to);
    for (const auto& rule : phase.upstream) add("upstream", rule.name, rule.from, rule.to);
    for (const auto& event : phase.process)
      for (const auto& span : spans_of(event, phase.length)) add("process", event.name, span.from, span.to);
    start += phase.length;
  }
  return faults;
}

}  // namespace

std::string format_instant(Duration at) { return at.count() == 0 ? "0s" : format_duration(at); }

TimeAxis::TimeAxis(const Scenario& scenario)
    : scenario_(scenario), length_(std::max(scenario.length(), Duration{1})) {}

std::size_t TimeAxis::column(Duration at) const {
  const double share = static_cast<double>(std::clamp(at, Duration{0}, length_).count()) /
                       static_cast<double>(length_.count());
  return static_cast<std::size_t>(share * static_cast<double>(kWidth));
}

std::string TimeAxis::ruler() const {
  std::string line(kWidth + 12, ' ');
  Duration start{0};
  std::size_t free_from = 0;
  const auto mark = [&](Duration at) {
    const std::string text = format_instant(at);
    if (column(at) < free_from) return;  // no room beside the mark before
    put(line, column(at), text, line.size());
    free_from = column(at) + text.size() + 1;
  };
  for (const auto& phase : scenario_.phases) {
    mark(start);
    start += phase.length;
  }
  mark(start);
  return without_end(std::move(line));
}

std::string TimeAxis::phases() const {
  std::string line(kWidth + 1, ' ');
  Duration start{0};
  for (const auto& phase : scenario_.phases) {
    const std::size_t end = column(start + phase.length);
    put(line, column(start), "|" + phase.name, end);
    start += phase.length;
  }
  put(line, kWidth, "|", line.size());
  return line;
}

std::string TimeAxis::bar(Duration from, Duration to) const {
  std::string line(kWidth, ' ');
  const std::size_t first = std::min(column(from), kWidth - 1);
  const std::size_t end = std::max(first + 1, column(to));
  return without_end(line.replace(first, end - first, end - first, '#'));
}

std::string draw_timeline(const Scenario& scenario) {
  const TimeAxis axis(scenario);
  const auto faults = faults_of(scenario);
  std::size_t width = 0;
  for (const auto& fault : faults) width = std::max(width, std::min(fault.label.size(), kLongestLabel));
  std::string text = fmt::format("  {:<{}}  {}\n", "", width, axis.ruler());
  text += fmt::format("  {:<{}}  {}\n", "", width, axis.phases());
  for (const auto& fault : faults)
    text +=
        fmt::format("  {:<{}.{}}  {}\n", fault.label, width, kLongestLabel, axis.bar(fault.from, fault.to));
  return text;
}

}  // namespace holdfast::scenario
