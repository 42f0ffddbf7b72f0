#include "simulator/sweep/nth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/base/check.h"
#include "faultfs/model/errnos.h"
#include "simulator/scenario/resolved_json.h"
#include "simulator/sweep/told_errors.h"

namespace holdfast::sweep {
namespace {

using scenario::Phase;
using scenario::Scenario;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

// One operation fails, and if asked for all of its kind after it.
void arm_disk(Phase& phase, faultfs::Operation operation, int error, std::uint64_t nth, bool for_good) {
  faultfs::Rule first{.name = "fails",
                      .when = {.operations = {operation}, .nth = nth},
                      .effect = {.error = faultfs::ErrorEffect{error}}};
  faultfs::Rule then{.name = "and all after it",
                     .when = {.operations = {operation}, .after = faultfs::After{.rule = first.name}},
                     .effect = first.effect};
  phase.disk.rules.push_back(std::move(first));
  if (for_good) phase.disk.rules.push_back(std::move(then));
}

struct Way {
  const char* name;
  upstream::UpstreamEffect effect;
};
const Way kWays[] = {{"unavailable", {.outage = upstream::Outage::error}},
                     {"hang", {.outage = upstream::Outage::hang}},
                     {"blackhole", {.outage = upstream::Outage::blackhole}},
                     {"error", {.error_rate = upstream::kCertain}},
                     {"reset-request", {.reset = upstream::Reset::request}},
                     {"reset-answer", {.reset = upstream::Reset::answer}},
                     {"lost-answer", {.answer = upstream::AnswerFault::lost}},
                     {"truncated-answer", {.answer = upstream::AnswerFault::truncated}},
                     {"throttled", {.partial = upstream::kCertain}}};

void arm_upstream(Phase& phase, const upstream::UpstreamEffect& effect, std::uint64_t nth, bool for_good) {
  upstream::UpstreamRule rule{.name = "fails", .effect = effect};
  (for_good ? rule.from_nth : rule.nth) = nth;
  phase.upstream.push_back(std::move(rule));
}

}  // namespace

NthCases::NthCases(const std::vector<Scenario>& bases) {
  for (const auto& base : bases) {
    HOLDFAST_CHECK(base.phases.size() >= 2, "faults are armed in the last phase but one");
    bases_.push_back(base);
    add_lanes(bases_.back());
  }
}

void NthCases::add_lanes(const Scenario& base) {
  for (const bool for_good : {false, true}) {
    const char* const manner = for_good ? "-on" : "";
    for (const auto operation : disk_operations())
      for (const int error : told_errors(operation))
        lanes_.push_back(
            {&base, fmt::format("{}-{}{}", to_string(operation), lower(faultfs::errno_name(error)), manner),
             [=](Phase& phase, std::uint64_t nth) { arm_disk(phase, operation, error, nth, for_good); }});
    for (const auto& way : kWays)
      lanes_.push_back(
          {&base, fmt::format("send-{}{}", way.name, manner),
           [=](Phase& phase, std::uint64_t nth) { arm_upstream(phase, way.effect, nth, for_good); }});
  }
}

std::optional<Trial> NthCases::next() {
  if (lanes_.empty()) return std::nullopt;
  Lane lane = std::move(lanes_.front());
  lanes_.pop_front();
  ++lane.nth;
  Trial trial{.number = number_++, .scenario = *lane.base, .seed = lane.base->seed};
  auto& drawn = trial.scenario;
  lane.arm(drawn.phases[drawn.phases.size() - 2], lane.nth);
  drawn.name += fmt::format("-{}-{}", lane.name, lane.nth);
  drawn.why = fmt::format("Drawn from {}: {}, operation {}.", lane.base->name, lane.name, lane.nth);
  drawn.file.clear();
  drawn.expect.clear();
  drawn.resolved_json = scenario::resolved_json(drawn);
  played_.emplace(trial.number, std::move(lane));
  return trial;
}

// What a law was broken by is worth the next turn too; what did not fire has none.
void NthCases::heard(const Trial& trial) {
  auto node = played_.extract(trial.number);
  if (trial.report.events > 0 || !trial.report.holds()) lanes_.push_front(std::move(node.mapped()));
}

}  // namespace holdfast::sweep
