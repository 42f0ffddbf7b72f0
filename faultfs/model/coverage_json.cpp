#include "faultfs/model/coverage_json.h"

#include "faultfs/model/errnos.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

json to_json(const CoveragePoint& point) {
  json injected = json::object();
  for (const auto& [error, times] : point.injected) injected[errno_name(error)] = times;
  return {{"class", point.file_class},
          {"op", to_string(point.operation)},
          {"requests", point.requests},
          {"injected", std::move(injected)},
          {"plausible", answers_of(point.operation)}};
}

CoveragePoint point_from_json(const json& value) {
  CoveragePoint point{.file_class = value.at("class").get<std::string>(),
                      .operation = operation_from(value.at("op").get<std::string>()).value(),
                      .requests = value.at("requests").get<std::uint64_t>()};
  for (const auto& [name, times] : value.at("injected").items())
    point.injected[errno_from(name).value()] = times.get<std::uint64_t>();
  return point;
}

}  // namespace

json to_json(const CoverageReport& report) {
  json points = json::array();
  for (const auto& point : report.points) points.push_back(to_json(point));
  return {{"points", std::move(points)}, {"unclassed", report.unclassed}};
}

Result<CoverageReport> coverage_from_json(const json& value) {
  try {
    CoverageReport report{.unclassed = value.at("unclassed").get<std::uint64_t>()};
    for (const auto& point : value.at("points")) report.points.push_back(point_from_json(point));
    return report;
  } catch (const std::exception& error) {  // of the library, or an unknown name
    return fail(Code::corrupted, std::string("the coverage cannot be understood: ") + error.what());
  }
}

std::string print_coverage(const CoverageReport& report) {
  return to_json(report).dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::faultfs
