#include "simulator/scenario/meanings.h"

#include <algorithm>
#include <utility>

namespace holdfast::scenario {
namespace {

constexpr std::pair<std::string_view, std::string_view> kMeanings[] = {
    {"retention.accepted",
     "records due under fault that record() took, over those of the twin without faults"},
    {"retention.durable",
     "records due under fault that were on disk or upstream within 1 s, over those of the twin"},
    {"retention.delivered",
     "records due under fault that the upstream had before it ended, over those of the twin"},
    {"retention.calls", "calls that returned under fault, over those of the twin without faults"},
    {"oracle_ratio", "deliveries under fault, over what any client could have delivered"},
    {"loss.counted", "records that are gone and whose reason is known"},
    {"loss.unaccounted", "records that are in no place at all"},
    {"duplicates", "deliveries beyond the first of each record"},
    {"quarantined", "records set aside: damaged, or refused for good"},
    {"expired", "records that grew older than delivery.max_age"},
    {"record.p50", "how long half of all calls of record() took at most"},
    {"record.p99", "how long 99 of 100 calls of record() took at most"},
    {"record.p999", "how long 999 of 1000 calls of record() took at most"},
    {"record.max", "how long the slowest call of record() took"},
    {"arrival.lag",
     "how late the 99th of 100 calls was made; the harness' own delay, or a caller that was blocked"},
    {"recovery.time", "from the last fault to the return of goodput"},
    {"backlog.drain_time", "from the last fault until the last record accepted before its end was delivered"},
    {"delivery.age.p50", "from intended to delivered, of half of the delivered records at most"},
    {"delivery.age.p99", "from intended to delivered, of 99 of 100 delivered records at most"},
    {"breaker.opens", "how often the breaker opened"},
    {"retries", "requests that were sent again"},
    {"fallbacks", "times the spool's location changed for the worse"},
    {"retention.host",
     "work of the host program beside the tracker under fault, over the same without a tracker"},
    {"host.gap", "the longest pause of the host program's own work under fault"},
    {"record.undisturbed.p99", "record.p99 of the calls that kept their processor"},
    {"record.undisturbed.p999", "record.p999 of the calls that kept their processor"},
    {"record.disturbed", "calls that lost their processor meanwhile"},
    {"amplification.mean", "records attempted at the upstream, over the distinct ones among them"},
    {"amplification.max", "amplification.mean in the worst window (10 s; 2 s in the LIVE tier) under fault"},
    {"overshoot", "the highest rate of requests after the faults, over that of the run without faults"},
    {"calls_per_record", "requests to the upstream for each record it has"},
};

}  // namespace

std::string_view meaning_of(std::string_view measure) {
  const auto found = std::ranges::find(kMeanings, measure, [](const auto& entry) { return entry.first; });
  return found == std::end(kMeanings) ? std::string_view() : found->second;
}

}  // namespace holdfast::scenario
