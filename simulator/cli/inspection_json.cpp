#include "simulator/cli/inspection_json.h"

#include <nlohmann/json.hpp>

namespace holdfast::cli {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const usage::Sums& sums) {
  return {{"records", sums.records},
          {"input_tokens", sums.input_tokens},
          {"output_tokens", sums.output_tokens},
          {"latency_us", sums.latency_us},
          {"cost_nanousd", sums.cost_nanousd},
          {"unpriced", sums.unpriced}};
}

Json json_of(const std::map<std::string, usage::Sums>& rows) {
  Json json = Json::object();
  for (const auto& [name, sums] : rows) json[name] = json_of(sums);
  return json;
}

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string inspection_json(const spool::Inspection& inspection) {
  return text_of({{"kind", "spool"},
                  {"segments", inspection.segments},
                  {"records", inspection.records},
                  {"settled", inspection.settled},
                  {"damaged", inspection.damaged},
                  {"torn_bytes", inspection.torn_bytes},
                  {"unreadable", inspection.unreadable}});
}

std::string inspection_json(const usage::Inspection& inspection, const usage::Summary& summary) {
  Json json = {{"kind", "usage"},
               {"source", inspection.source},
               {"problems", inspection.problems},
               {"set_aside", inspection.set_aside}};
  if (inspection.book) {
    json["generation"] = inspection.book->generation;
    json["lives"] = inspection.book->folds + inspection.book->lives.size();
    json["today"] = json_of(summary.today);
    json["last_30_days"] = json_of(summary.last_days);
    json["all"] = json_of(summary.all);
    json["monthly_cost_nanousd"] = summary.monthly_cost_nanousd;
    json["by_model"] = json_of(summary.by_model);
    json["by_provider"] = json_of(summary.by_provider);
    json["by_operation"] = json_of(summary.by_operation);
  }
  return text_of(json);
}

}  // namespace holdfast::cli
