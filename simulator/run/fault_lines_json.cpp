#include "simulator/run/fault_lines_json.h"

#include <nlohmann/json.hpp>

namespace holdfast::run {

std::string upstream_fault_line(const upstream::UpstreamEvent& event, Time start) {
  nlohmann::ordered_json line;
  line["t"] = (event.time - start).count();
  line["source"] = "upstream";
  line["rule"] = event.rule;
  line["batch"] = event.batch;
  line["attempt"] = event.attempt;
  line["decision"] = event.decision;
  return line.dump();
}

std::map<std::string, std::uint64_t> count_rules(std::string_view fault_log) {
  std::map<std::string, std::uint64_t> counts;
  while (!fault_log.empty()) {
    const auto end = fault_log.find('\n');
    if (end == std::string_view::npos) break;
    const auto line = nlohmann::json::parse(fault_log.substr(0, end), nullptr, false);
    if (line.is_object() && line.contains("rule") && line["rule"].is_string())
      ++counts[line["rule"].get<std::string>()];
    fault_log.remove_prefix(end + 1);
  }
  return counts;
}

}  // namespace holdfast::run
