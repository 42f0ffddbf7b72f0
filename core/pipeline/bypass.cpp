#include "core/pipeline/bypass.h"

#include <algorithm>

namespace holdfast::pipeline {
namespace {

constexpr Duration kCommitPatience = std::chrono::milliseconds(300);  // a slow disk takes its time
constexpr Duration kCalmLook = std::chrono::milliseconds(50);         // between looks while all is well
constexpr Duration kTurn = std::chrono::milliseconds(10);             // between takes while it is not

}  // namespace

void Bypass::run() {
  while (!s_.stopping.load()) {
    const std::uint64_t ticket = s_.relief->ticket();
    const Time now = s_.env.clock.now();
    const bool stuck = collector_is_stuck(now);
    if (stuck) take_over(now);
    if (!s_.stopping.load()) s_.relief->wait_until(ticket, now + (stuck ? kTurn : kCalmLook));
  }
}

bool Bypass::collector_is_stuck(Time now) const {
  const Time since = s_.committing_since.load();
  return since != kNever && now - since >= kCommitPatience;
}

void Bypass::take_over(Time now) {
  taken_.clear();
  if (s_.take_in(std::min<std::size_t>(s_.memory_room(), s_.options.spool.commit_records), taken_) == 0)
    return;
  if (collector_is_stuck(now) && !s_.disk_failed.exchange(true)) {
    s_.counters.fallbacks.fetch_add(1);
    s_.env.log.write(Log::Level::warning, "spool.hangs",
                     "a commit does not return; records are held in memory meanwhile");
  }
  s_.queue.push(taken_, now);
  s_.work->notify();
}

}  // namespace holdfast::pipeline
