#include "simulator/oracle/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/oracle/record_times.h"

namespace holdfast::oracle {

namespace {

constexpr Duration kBin = std::chrono::milliseconds(100);

struct Bin {
  std::int64_t offered = 0;
  std::int64_t accepted = 0;
  std::int64_t durable = 0;
  std::int64_t delivered = 0;
  // Changes of the two levels, so that their sum so far is the level.
  std::int64_t queue_change = 0;
  std::int64_t spool_change = 0;
};

// The bins of one run. What happens after its last bin is not drawn.
class Bins {
 public:
  explicit Bins(Duration length) : bins_(static_cast<std::size_t>((length + kBin - Duration{1}) / kBin)) {}

  void add(Duration at, std::int64_t Bin::*member, std::int64_t change = 1) {
    if (at == kNotYet || at < Duration{0}) return;
    const auto index = static_cast<std::size_t>(at / kBin);
    if (index < bins_.size()) bins_[index].*member += change;
  }
  const std::vector<Bin>& all() const { return bins_; }

 private:
  std::vector<Bin> bins_;
};

void add_record(Bins& bins, const RecordTimes& times) {
  bins.add(times.intended, &Bin::offered);
  bins.add(times.durable, &Bin::durable);
  bins.add(times.delivered, &Bin::delivered);
  if (times.durable != kNotYet) {
    bins.add(times.durable, &Bin::spool_change);
    bins.add(times.delivered == kNotYet ? kNotYet : std::max(times.durable, times.delivered),
             &Bin::spool_change, -1);
  }
  if (!times.accepted()) return;
  bins.add(times.returned, &Bin::accepted);
  bins.add(times.returned, &Bin::queue_change);
  bins.add(times.safe() == kNotYet ? kNotYet : std::max(times.returned, times.safe()), &Bin::queue_change,
           -1);
}

std::string_view to_string(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return "closed";
    case BreakerState::open: return "open";
    case BreakerState::half_open: return "half_open";
  }
  return "closed";
}

// Nothing for a control: the naive subjects have no breaker.
std::string_view breaker_at(const RunRecord& run, Duration end) {
  if (run.control()) return "";
  const auto after = std::ranges::lower_bound(run.breaker, end, {}, &BreakerChange::at);
  return to_string(after == run.breaker.begin() ? BreakerState::closed : std::prev(after)->state);
}

std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string text = "\"";
  for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

// Every rule armed at any time in [from, to), in the order of arming.
std::string faults_in(const RunRecord& run, Duration from, Duration to) {
  std::vector<std::string> rules;
  for (const auto& window : run.windows) {
    if (window.to <= from || to <= window.from) continue;
    for (const auto& rule : window.rules)
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  }
  return quoted(fmt::format("{}", fmt::join(rules, "|")));
}

}  // namespace

std::string timeline_csv(const RunRecord& run) {
  Bins bins(run.length);
  for (std::uint64_t i = 0; i < run.ledger.size(); ++i) add_record(bins, times_of(run.ledger.entry(i)));

  std::string csv = "t,offered,accepted,durable,delivered,queue,spool,breaker,faults\n";
  std::int64_t queue = 0, spool = 0, number = 0;
  for (const auto& bin : bins.all()) {
    queue += bin.queue_change;
    spool += bin.spool_change;
    const Duration from = number * kBin, to = from + kBin;
    fmt::format_to(std::back_inserter(csv), "{}.{},{},{},{},{},{},{},{},{}\n", number / 10, number % 10,
                   bin.offered, bin.accepted, bin.durable, bin.delivered, queue, spool, breaker_at(run, to),
                   faults_in(run, from, to));
    ++number;
  }
  return csv;
}

}  // namespace holdfast::oracle
