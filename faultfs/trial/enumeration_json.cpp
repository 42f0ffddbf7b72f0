#include "faultfs/trial/enumeration_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "faultfs/model/errnos.h"
#include "faultfs/model/operation.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

json json_of(const PointResult& result, const std::string& plan) {
  const FailurePoint& point = *result.point;
  json value = {{"class", point.file_class},        {"op", to_string(point.operation)},
                {"error", errno_name(point.error)}, {"nth", point.nth},
                {"reached", result.reached},        {"survived", result.why.empty()}};
  if (!result.why.empty()) {
    value["why"] = result.why;
    value["stderr"] = result.errors;
  }
  if (!plan.empty()) value["plan"] = plan;
  return value;
}

}  // namespace

std::string print_enumeration(const std::vector<PointResult>& results, const std::vector<std::string>& plans,
                              std::size_t not_run) {
  json points = json::array();
  for (std::size_t i = 0; i < results.size(); ++i) points.push_back(json_of(results[i], plans[i]));
  const auto failed = std::ranges::count_if(results, [](const auto& result) { return !result.why.empty(); });
  const auto reached = std::ranges::count_if(results, [](const auto& result) { return result.reached; });
  return json{{"version", 1},
              {"points", points},
              {"not_survived", failed},
              {"reached", reached},
              {"not_run", not_run}}
      .dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::faultfs
