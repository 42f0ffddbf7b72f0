#include "simulator/load/arrivals.h"

#include <algorithm>

#include "core/base/random.h"
#include "simulator/load/exponential.h"
#include "simulator/load/trace.h"
#include "simulator/scenario/check.h"

namespace holdfast::load {
namespace {

using scenario::Arrival;
using scenario::Scenario;

__extension__ using Wide = unsigned __int128;

// Rates and speeds are decimals that people wrote; from here on they are whole millionths.
constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kSecondNs = 1'000'000'000;

std::uint64_t millionths(double value) {
  return static_cast<std::uint64_t>(value * static_cast<double>(kMillion) + 0.5);
}

// What can be written down of a load: enough records, not too many.
Status check_rate(const Scenario& scenario) {
  const std::uint64_t rate = millionths(scenario.load.rate);
  const Wide offered = static_cast<Wide>(rate) * static_cast<std::uint64_t>(scenario.length().count());
  if (rate == 0)
    return fail(Code::invalid, "load.rate is 0; an open loop offers at least one record in 11 days");
  if (offered > static_cast<Wide>(scenario::kMostArrivals) * kMillion * kSecondNs)
    return fail(Code::invalid, "the load offers more than " + std::to_string(scenario::kMostArrivals) +
                                   " records in all; lower load.rate or shorten the phases");
  return {};
}

Schedule constant(const Scenario& scenario) {
  const std::uint64_t rate = millionths(scenario.load.rate);
  const auto length = static_cast<std::uint64_t>(scenario.length().count());
  Schedule schedule;
  for (std::uint64_t i = 0;; ++i) {
    const Wide intended = static_cast<Wide>(i) * kSecondNs * kMillion / rate;
    if (intended >= length) return schedule;
    schedule.arrivals.push_back({Duration(static_cast<std::int64_t>(intended)),
                                 static_cast<std::uint32_t>(i % scenario.load.producers), 0, 0});
  }
}

// One Poisson process whose records fall to producers at random: each producer sees a Poisson process of
// its own, independent of the others.
Schedule poisson(const Scenario& scenario, std::uint64_t seed) {
  const std::uint64_t rate = millionths(scenario.load.rate);
  const auto length = static_cast<std::uint64_t>(scenario.length().count());
  const Random random(seed);
  RandomStream gaps = random.stream("load.gaps");
  RandomStream producers = random.stream("load.producers");
  Schedule schedule;
  Wide elapsed = 0;  // in units of 2^-40 ns, so that no rounding adds up
  while (true) {
    const Wide mean_gaps = static_cast<Wide>(exponential_q40(gaps.next())) * kSecondNs;
    elapsed += mean_gaps * kMillion / rate;
    const Wide intended = elapsed >> kExponentialBits;
    if (intended >= length) return schedule;
    const auto producer = static_cast<std::uint32_t>(producers.below(scenario.load.producers));
    schedule.arrivals.push_back({Duration(static_cast<std::int64_t>(intended)), producer, 0, 0});
  }
}

// How recorded time becomes time of the run: offset * numerator / denominator.
struct Scale {
  std::uint64_t numerator = 1;
  std::uint64_t denominator = 1;
  Duration of(Duration offset) const {
    const Wide scaled =
        static_cast<Wide>(static_cast<std::uint64_t>(offset.count())) * numerator / denominator;
    constexpr std::int64_t never = Duration::max().count();
    return Duration(scaled > static_cast<Wide>(never) ? never : static_cast<std::int64_t>(scaled));
  }
};

// Without a speed the rows fill the phases: the last one leaves room for one mean gap after it.
Scale scale_of(const Scenario& scenario, const std::vector<TraceRow>& rows) {
  if (scenario.load.speed) return {kMillion, std::max<std::uint64_t>(1, millionths(*scenario.load.speed))};
  const auto span = static_cast<std::uint64_t>(rows.back().offset.count());
  if (span == 0) return {};
  const auto length = static_cast<std::uint64_t>(scenario.length().count());
  return {length - length / rows.size(), span};
}

Result<Schedule> trace(const Scenario& scenario) {
  const auto rows = read_trace(scenario.load.trace);
  if (!rows) return fail(rows.error());
  const Scale scale = scale_of(scenario, *rows);
  Schedule schedule;
  schedule.arrivals.reserve(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const TraceRow& row = (*rows)[i];
    const Duration intended = scale.of(row.offset);
    if (intended >= scenario.length()) break;  // only a speed too slow for the phases gets here
    schedule.arrivals.push_back({intended, static_cast<std::uint32_t>(i % scenario.load.producers),
                                 row.input_tokens, row.output_tokens});
  }
  return schedule;
}

}  // namespace

Result<Schedule> make_schedule(const Scenario& scenario, std::uint64_t seed) {
  switch (scenario.load.arrival) {
    case Arrival::closed: return Schedule{};
    case Arrival::trace: return trace(scenario);
    case Arrival::constant:
    case Arrival::poisson: break;
  }
  if (auto status = check_rate(scenario); !status) return fail(status.error());
  return scenario.load.arrival == Arrival::constant ? constant(scenario) : poisson(scenario, seed);
}

}  // namespace holdfast::load
