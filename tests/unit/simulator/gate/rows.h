// Rows of a gate as runs would have filled them.
//
//   Row row = core_row("stress/slow", 0.99);      // five seeds whose retention.durable is 0.99
//   row.add(play_of(6, 0.05));
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/check.h"
#include "simulator/gate/row.h"
#include "simulator/scenario/expectation.h"

namespace holdfast::gate {

inline scenario::Scenario scenario_of(const std::string& title) {
  scenario::Scenario scenario;
  scenario.name = title.substr(title.rfind('/') + 1);
  scenario.file = "scenarios/" + title + ".json";
  scenario.load.arrival = scenario::Arrival::closed;
  scenario.phases.resize(2);
  scenario.phases[0] = {.name = "stress", .length = std::chrono::seconds(5), .line = 9};
  scenario.phases[0].upstream.emplace_back();
  scenario.phases[1] = {.name = "recovery", .length = std::chrono::seconds(5), .line = 12};
  auto expectation = scenario::parse_expectation("retention.durable >= 90%");
  HOLDFAST_CHECK(expectation.has_value(), "the expectation is well-formed");
  expectation->line = 14;
  scenario.expect = {*expectation};
  return scenario;
}

inline Play play_of(std::uint64_t seed, double durable) {
  Play play{.seed = seed};
  play.measures["retention.durable"] = durable;
  play.measures["loss.unaccounted"] = 0.0;
  play.phases = {{.phase = "stress", .durable = durable, .delivered = durable, .oracle_share = 1.0}};
  return play;
}

inline Row row_of(scenario::Scenario scenario, const std::vector<double>& durable, bool live = false) {
  Row row(std::move(scenario), live);
  for (std::size_t i = 0; i < durable.size(); ++i) row.add(play_of(i + 1, durable[i]));
  return row;
}

inline Row core_row(const std::string& title, double durable) {
  return row_of(scenario_of(title), std::vector<double>(5, durable));
}

inline Row control_row(const std::string& title, double durable) {
  auto scenario = scenario_of(title);
  scenario.subject.kind = scenario::SubjectKind::naive_seed;
  return row_of(std::move(scenario), std::vector<double>(5, durable));
}

}  // namespace holdfast::gate
