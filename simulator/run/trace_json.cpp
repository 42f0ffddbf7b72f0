#include "simulator/run/trace_json.h"

#include <nlohmann/json.hpp>

namespace holdfast::run {

std::string trace_json_line(const TraceLine& line) {
  nlohmann::ordered_json value = {{"t", line.at.count()}, {"node", line.node}};
  if (!line.who.empty()) value["who"] = line.who;
  value["what"] = line.what;
  if (!line.about.empty()) value["about"] = line.about;
  if (!line.outcome.empty()) value["outcome"] = line.outcome;
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace holdfast::run
