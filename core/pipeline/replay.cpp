#include "core/pipeline/replay.h"

#include <algorithm>

namespace holdfast::pipeline {
namespace {

constexpr Duration kRest = std::chrono::milliseconds(100);  // between looks when nothing happens
constexpr Duration kHintInterval = std::chrono::seconds(5);

}  // namespace

void Replay::run() {
  while (!s_.stopping.load()) {
    const std::uint64_t ticket = s_.upkeep->ticket();
    const bool moved = refill();
    tidy(s_.env.clock.now());
    if (moved || s_.stopping.load()) continue;
    s_.upkeep->wait_until(ticket, std::min(s_.env.clock.now() + kRest, s_.spool->tend_at()));
  }
  keep_refused();
}

// True when records were moved and more may follow at once.
bool Replay::refill() {
  if (s_.queue.room() == 0) return false;
  const auto refill = s_.feed.refill(s_.env.clock.now());
  s_.counters.quarantined.fetch_add(refill.damaged);
  if (refill.moved > 0) s_.work->notify();
  if (refill.error)
    s_.env.log.write(Log::Level::warning, "spool.read", refill.error->message + "; read again later");
  return refill.moved > 0 && !refill.error;
}

void Replay::tidy(Time now) {
  keep_refused();  // before the segments that hold them are retired
  if (s_.spool->retire() > 0) {
    s_.try_disk.store(true);
    s_.progress->notify();
    if (s_.usage && s_.usage->wants_room.exchange(false)) s_.usage->ask();
  }
  tend(now);
  if (now < hint_due_) return;
  hint_due_ = now + kHintInterval;
  if (auto saved = s_.spool->save_hint(); !saved)
    s_.env.log.write(Log::Level::info, "spool.checkpoint", saved.error().message);
}

void Replay::tend(Time now) {
  const spool::Tended tended = s_.spool->tend();
  s_.counters.quarantined.fetch_add(tended.damaged);
  s_.feed.read_apart(tended.found, now);
  if (tended.restored) s_.try_disk.store(true);
}

void Replay::keep_refused() {
  const auto refused = s_.take_refused();
  if (refused.empty()) return;
  auto kept = s_.spool->keep_refused(refused);
  if (kept) return;
  s_.env.log.write(Log::Level::warning, "quarantine", kept.error().message);
  s_.put_back_refused(refused);
}

}  // namespace holdfast::pipeline
