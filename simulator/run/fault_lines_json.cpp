#include "simulator/run/fault_lines_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace holdfast::run {

std::string upstream_fault_line(const upstream::UpstreamEvent& event, Time start) {
  nlohmann::ordered_json line;
  line["n"] = 0;  // given when the lines are merged
  line["t"] = (event.time - start).count();
  line["source"] = "upstream";
  line["rule"] = event.rule;
  line["batch"] = event.batch;
  line["attempt"] = event.attempt;
  line["decision"] = event.decision;
  return line.dump();
}

namespace {

// Each whole line that is an object.
std::vector<nlohmann::ordered_json> lines_of(std::string_view log) {
  std::vector<nlohmann::ordered_json> lines;
  for (auto end = log.find('\n'); end != std::string_view::npos; end = log.find('\n')) {
    auto line = nlohmann::ordered_json::parse(log.substr(0, end), nullptr, false);
    if (line.is_object()) lines.push_back(std::move(line));
    log.remove_prefix(end + 1);
  }
  return lines;
}

}  // namespace

std::vector<std::string> merge_fault_lines(std::string_view disk_log, std::int64_t start_ns,
                                           std::vector<std::string> upstream_lines) {
  auto lines = lines_of(disk_log);
  for (auto& line : lines) line["t"] = line.value("t", std::int64_t{0}) - start_ns;
  for (const auto& text : upstream_lines) lines.push_back(nlohmann::ordered_json::parse(text));
  std::ranges::stable_sort(lines, {}, [](const auto& line) { return line.value("t", std::int64_t{0}); });
  std::vector<std::string> merged;
  for (auto& line : lines) {
    line["n"] = merged.size() + 1;
    merged.push_back(line.dump());
  }
  return merged;
}

std::vector<oracle::DamagedRange> damaged_ranges(std::string_view fault_log) {
  std::vector<oracle::DamagedRange> ranges;
  for (const auto& line : lines_of(fault_log)) {
    if (!line.contains("damaged")) continue;
    for (const auto& place : line["damaged"]) {
      const auto begin = place.at(0).get<std::uint64_t>();
      ranges.push_back({line.value("path", ""), begin, begin + place.at(1).get<std::uint64_t>()});
    }
  }
  return ranges;
}

std::map<std::string, std::uint64_t> count_rules(std::string_view fault_log) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& line : lines_of(fault_log))
    if (line.contains("rule") && line["rule"].is_string()) ++counts[line["rule"].get<std::string>()];
  return counts;
}

}  // namespace holdfast::run
