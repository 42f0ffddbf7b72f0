// Liveness and breaker: what must happen once the faults are over.
#include <algorithm>
#include <vector>

#include "simulator/oracle/findings.h"
#include "simulator/oracle/intervals.h"
#include "simulator/oracle/laws.h"
#include "simulator/oracle/record_times.h"
#include "simulator/oracle/recovery.h"

namespace holdfast::oracle {

namespace {

// Judges one wait against its limit; `observed` is how long one could have seen it come true.
void judge_wait(Findings& findings, const char* what, const Wait& wait, Duration limit, Duration observed) {
  if (wait.kind == Wait::Kind::after && wait.time > limit) {
    findings.add("{} took {:.3f} s after the last fault, the limit is {:.3f} s", what, seconds(wait.time),
                 seconds(limit));
  } else if (wait.kind == Wait::Kind::never && observed >= limit) {
    findings.add("{} was not seen in {:.3f} s after the last fault, the limit is {:.3f} s", what,
                 seconds(observed), seconds(limit));
  } else if (wait.kind == Wait::Kind::never) {
    findings.doubt(fmt::format("{} was not seen in {:.3f} s after the last fault, and the limit is {:.3f} s",
                               what, seconds(observed), seconds(limit)));
  }
}

// A stretch in which the breaker was not closed.
struct Refusal {
  std::uint32_t tracker = 0;
  Interval span;
  std::vector<BreakerChange> changes;  // within it, beginning with its first
  BreakerState state_at(Duration at) const {
    BreakerState state = changes.front().state;
    for (const auto& change : changes)
      if (change.at <= at) state = change.state;
    return state;
  }
};

std::vector<Refusal> refusals(const RunRecord& run) {
  auto changes = run.breaker;
  for (const auto& [life, end] : run.ended_lives)
    changes.push_back(
        {std::max(end.at, end.gone), BreakerState::closed, end.tracker});  // it dies with its process
  std::ranges::stable_sort(changes, {},
                           [](const auto& change) { return std::pair(change.tracker, change.at); });
  std::vector<Refusal> found;
  bool closed = true;
  for (const auto& change : changes) {
    if (!found.empty() && found.back().tracker != change.tracker) closed = true;
    if (change.state != BreakerState::closed) {
      if (closed) found.push_back({change.tracker, {change.at, run.length}, {}});
      found.back().changes.push_back(change);
    } else if (!closed) {
      found.back().span.to = change.at;
    }
    closed = change.state == BreakerState::closed;
  }
  return found;
}

// The longest that some record which the tracker had accepted waited for its delivery within the span.
Duration longest_wait(const RunRecord& run, const Accounting& books, std::uint32_t tracker,
                      const Interval& span) {
  Duration longest{0};
  for (std::uint64_t i = 0; i < books.places.size(); ++i) {
    const auto times = times_of(run.ledger.entry(i));
    if (!times.accepted() || run.tracker_of(i) != tracker) continue;
    if (books.places[i] == Place::quarantined || books.places[i] == Place::expired) continue;
    const Duration from = std::max(span.from, times.returned);
    const Duration to = std::min(span.to, times.delivered);
    longest = std::max(longest, to - from);
  }
  return longest;
}

}  // namespace

LawResult check_liveness(const RunRecord& run, const Accounting& books) {
  Findings findings("liveness");
  const auto w = armed(run);
  if (w.empty()) return findings.not_judged("no fault was armed");
  if (run.interrupted) return findings.not_judged("the run was interrupted");
  if (run.control()) return findings.not_judged("what a control falls short of is its result");
  const Duration healed = w.back().to;
  const auto recovery = recovery_time(run);
  const auto drain = drain_time(run, books);
  judge_wait(findings, "the return of goodput", recovery, run.scenario.limits.recover,
             run.scenario.length() - run.scenario.recovery_window() - healed);
  judge_wait(findings, "the drain of the backlog", drain, run.scenario.limits.drain, run.length - healed);
  const auto recovered = recovery.kind == Wait::Kind::after
                             ? fmt::format("goodput returned after {:.3f} s", seconds(recovery.time))
                             : std::string("no load after the faults to show goodput");
  return findings.result(
      fmt::format("{}, the backlog was gone after {:.3f} s", recovered, seconds(drain.time)));
}

// A probe sent while the upstream was still ill may run into its timeout first; that time is the
// upstream's, so it is added to what the breaker is allowed.
LawResult check_breaker(const RunRecord& run, const Accounting& books) {
  Findings findings("breaker");
  if (!run.core()) return findings.not_judged("the subject has no breaker");
  const auto& delivery = run.scenario.subject.options.delivery;
  const Duration patience = 2 * delivery.breaker.max_open_time;
  Duration worst{0};
  const auto refused = refusals(run);
  for (const auto& healthy : complement(upstream_faults(run), run.length)) {
    for (const auto& refusal : refused) {
      const Interval span{std::max(healthy.from, refusal.span.from), std::min(healthy.to, refusal.span.to)};
      if (span.from >= span.to) continue;
      const bool old_probe =
          refusal.span.from < healthy.from && refusal.state_at(span.from) == BreakerState::half_open;
      const Duration allowed = patience + (old_probe ? delivery.timeout : Duration{0});
      const Duration waited =
          span.length() > allowed ? longest_wait(run, books, refusal.tracker, span) : Duration{0};
      if (waited > allowed) {
        findings.add(
            "from {:.3f} s a record waited {:.3f} s for a breaker that was not closed, of a healthy "
            "upstream; "
            "allowed are {:.3f} s",
            seconds(span.from), seconds(waited), seconds(allowed));
      }
      worst = std::max(worst, span.length());
    }
  }
  return findings.result(
      fmt::format("never longer than {:.3f} s not closed while the upstream was healthy", seconds(worst)));
}

}  // namespace holdfast::oracle
