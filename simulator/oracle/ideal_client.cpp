#include "simulator/oracle/ideal_client.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

constexpr Duration kStep = std::chrono::milliseconds(100);

// What the upstream can take, as the armed rules leave it.
struct Availability {
  double share = 1;  // of the records sent that are applied
  Duration latency{0};
};

double part(std::uint64_t share) {
  return static_cast<double>(share) / static_cast<double>(upstream::kCertain);
}

// The part of the records that a rule keeps from being applied.
double refused_share(const upstream::UpstreamRule& rule) {
  const auto& effect = rule.effect;
  if (effect.error_rate) return part(*effect.error_rate);
  if (effect.partial) return part(*effect.partial) * part(rule.probability);
  if (effect.outage || effect.reset == upstream::Reset::request) return part(rule.probability);
  return 0;
}

// The time that a rule adds to serving a full batch, on average.
Duration added_time(const upstream::UpstreamRule& rule, std::size_t batch) {
  Duration added = rule.effect.latency.value_or(Duration{0});
  if (rule.effect.slow) added += upstream::trickle_time(upstream::answer_bytes(batch), *rule.effect.slow);
  return rule.probability == upstream::kCertain
             ? added
             : Duration(
                   static_cast<std::int64_t>(static_cast<double>(added.count()) * part(rule.probability)));
}

Availability availability_at(const RunRecord& run, Duration at) {
  const auto batch = run.scenario.subject.options.delivery.batch.max_records;
  Availability now{1, run.scenario.upstream.latency};
  for (const auto& window : run.windows) {
    if (at < window.from || window.to <= at) continue;
    if (without_process(run, window) != nullptr) now.share = 0;
    for (const auto* rule : upstream_rules(run, window)) {
      now.share *= 1 - refused_share(*rule);
      now.latency += added_time(*rule, batch);
    }
  }
  return now;
}

// Records that the upstream can take within the slice, if that many are there.
double takes(const RunRecord& run, const Interval& slice, double waiting) {
  const auto now = availability_at(run, slice.from);
  if (now.share <= 0) return 0;
  if (now.latency <= Duration{0}) return waiting;
  const double at_once = static_cast<double>(run.scenario.upstream.concurrency) *
                         static_cast<double>(run.scenario.subject.options.delivery.batch.max_records);
  const double rounds =
      static_cast<double>(slice.length().count()) / static_cast<double>(now.latency.count());
  return std::min(waiting, at_once * now.share * rounds);
}

std::vector<Interval> slices_of(const RunRecord& run) {
  Duration end = run.scenario.length();
  for (const auto& window : run.windows) end = std::max(end, window.to);
  std::set<Duration> edges;
  for (Duration at{0}; at < end; at += kStep) edges.insert(at);
  for (const auto& window : run.windows) edges.insert({window.from, window.to});
  edges.insert(end);
  std::vector<Interval> slices;
  for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge)
    slices.push_back({*edge, *std::next(edge)});
  return slices;
}

// When there was nobody to be called: what was due then stays unissued.
Intervals between_lives(const RunRecord& run) {
  Intervals gone;
  for (const auto& window : run.windows)
    if (const auto* event = without_process(run, window); event != nullptr && event->ends_life())
      gone.push_back({window.from, window.to});
  return unite(std::move(gone));
}

std::vector<Duration> intended_times(const RunRecord& run) {
  const Intervals gone = between_lives(run);
  std::vector<Duration> intended;
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) {
    const Duration at = times_of(run.ledger.entry(i)).intended;
    if (interval_at(gone, at) == nullptr) intended.push_back(at);
  }
  std::ranges::sort(intended);
  return intended;
}

}  // namespace

std::vector<IdealSlice> ideal_deliveries(const RunRecord& run) {
  if (run.scenario.length() <= Duration{0}) return {};
  const auto intended = intended_times(run);
  std::vector<IdealSlice> ideal;
  double backlog = 0;
  auto next = intended.begin();
  for (const auto& slice : slices_of(run)) {
    const auto end = std::lower_bound(next, intended.end(), slice.to);
    backlog += static_cast<double>(end - next);
    next = end;
    const double delivered = takes(run, slice, backlog);
    backlog -= delivered;
    ideal.push_back({slice, delivered});
  }
  return ideal;
}

double delivered_in(const std::vector<IdealSlice>& slices, const Intervals& intervals) {
  double sum = 0;
  for (const auto& slice : slices)
    if (interval_at(intervals, slice.span.from) != nullptr) sum += slice.delivered;
  return sum;
}

}  // namespace holdfast::oracle
