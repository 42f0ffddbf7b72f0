#include "simulator/sweep/swarm.h"

#include <fmt/format.h>

#include <string>

#include "simulator/scenario/resolved_json.h"
#include "simulator/sweep/draft.h"
#include "simulator/sweep/liveness.h"

namespace holdfast::sweep {
namespace {

using namespace std::chrono_literals;

constexpr Duration kShortestSafety = 500ms;
constexpr Duration kLongestSafety = 20s;

// Each kind is drawn from a stream of its own, whether it is on or not.
class Swarm {
 public:
  Swarm(const scenario::Scenario& base, std::uint64_t seed) : random_(hash_name(base.name, seed)) {
    draft_.scenario = base;
    draft_.scenario.seed = seed;
  }

  scenario::Scenario draw() {
    Dice shape = dice("shape");
    const std::uint64_t options = shape.between(0, 60), faults = shape.between(4, 50);  // percent that are on
    draft_.phase = {.name = "safety", .length = shape.milliseconds(kShortestSafety, kLongestSafety)};
    add("option", option_kinds(), options);
    add("process", process_kinds(), faults);
    add("upstream", upstream_kinds(), faults);
    add("disk", disk_kinds(), faults);
    conclude();
    return std::move(draft_.scenario);
  }

 private:
  Dice dice(const std::string& name) const { return Dice(random_.stream("hunt." + name)); }

  void add(const std::string& family, std::span<const Kind> kinds, std::uint64_t percent) {
    for (const Kind& kind : kinds) {
      Dice own = dice(family + "." + kind.name);
      if (own.percent(percent)) kind.add(draft_, own);
    }
  }

  // As many records as the subject can carry in a run of that length, and the load that offers them.
  void conclude() {
    auto& drawn = draft_.scenario;
    Dice load = dice("load");
    drawn.load.producers = static_cast<std::uint32_t>(load.between(1, 4));
    make_breaker_judgeable(drawn.subject.options);
    drawn.limits = limits_of(drawn, kMostRecords);
    const Duration calm = load.milliseconds(50ms, 2s);
    const Duration liveness = drawn.limits.recover + drawn.recovery_window() + 1s;
    const auto length = static_cast<std::uint64_t>((calm + draft_.phase.length + liveness) / 1ms);
    const std::uint64_t most =
        std::max<std::uint64_t>(1, std::min(sustainable_rate(drawn), kMostRecords * 1000 / length));
    const std::uint64_t rate = load.spread(std::max<std::uint64_t>(1, most / 64), most);
    const bool poisson = load.one_in(2);
    drawn.load.arrival = poisson ? scenario::Arrival::poisson : scenario::Arrival::constant;
    drawn.load.rate = static_cast<double>(rate);
    drawn.phases = {
        {.name = "calm", .length = calm}, std::move(draft_.phase), {.name = "liveness", .length = liveness}};
    describe(drawn);
  }

  static void describe(scenario::Scenario& drawn) {
    drawn.why =
        fmt::format("Drawn from {} with seed {}: faults at random, then none.", drawn.name, drawn.seed);
    drawn.name += fmt::format("-{}", drawn.seed);
    drawn.file.clear();
    drawn.seeds.reset();
    drawn.live_tier = false;
    drawn.host.reset();
    drawn.expect.clear();
    drawn.resolved_json = scenario::resolved_json(drawn);
  }

  Random random_;
  Draft draft_;
};

}  // namespace

scenario::Scenario swarm(const scenario::Scenario& base, std::uint64_t seed) {
  return Swarm(base, seed).draw();
}

}  // namespace holdfast::sweep
