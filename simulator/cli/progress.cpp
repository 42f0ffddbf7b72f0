#include "simulator/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace holdfast::cli {
namespace {

struct Counts {
  std::uint64_t offered = 0, accepted = 0, delivered = 0;
};

Counts count(const oracle::Ledger& ledger) {
  Counts counts;
  const std::uint64_t size = ledger.size();
  for (std::uint64_t i = 0; i < size; ++i) {
    const auto& entry = ledger.entry(i);
    const auto outcome = entry.outcome.load(std::memory_order_relaxed);
    counts.offered += outcome != oracle::CallOutcome::unissued;
    counts.accepted += outcome == oracle::CallOutcome::accepted;
    counts.delivered += entry.delivered_ns.load(std::memory_order_relaxed) != 0;
  }
  return counts;
}

}  // namespace

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}

void Progress::begin(const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (!terminal_) fmt::print(stderr, "running {}\n", what);
}

void Progress::update(const std::string& what, Duration at, Duration length, const oracle::Ledger& ledger) {
  if (!terminal_) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < due_) return;
  due_ = now + std::chrono::milliseconds(200);
  const Counts counts = count(ledger);
  const double seconds = std::chrono::duration<double>(at).count();
  const double total = std::chrono::duration<double>(length).count();
  const std::string phase = at < length ? fmt::format("{:.0f}/{:.0f} s", seconds, total) : "draining";
  fmt::print(stderr, "\r\033[K{}  {}  offered {}  accepted {}  delivered {}", what, phase, counts.offered,
             counts.accepted, counts.delivered);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::end() {
  const std::lock_guard lock(mutex_);
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

}  // namespace holdfast::cli
