#include "simulator/sweep/hunt.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <utility>

#include "core/base/random.h"

namespace holdfast::sweep {
namespace {

using Steady = std::chrono::steady_clock;

// What two findings have in common that are the same: all but the numbers.
std::string kind_of(const Broken& broken) {
  std::string kind = broken.law + ":";
  for (const char letter : broken.detail)
    if (std::isdigit(static_cast<unsigned char>(letter)) == 0 && letter != '.') kind += letter;
  constexpr std::size_t kMost = 200;
  return kind.substr(0, kMost);
}

class Hunter {
 public:
  Hunter(Cases& cases, const HuntSettings& settings, const std::atomic<bool>& interrupted)
      : cases_(cases), settings_(settings), interrupted_(interrupted), trials_(settings.trials) {}

  HuntResult run() {
    latest_ = Steady::now() + std::min<Duration>(settings_.time, std::chrono::hours(24 * 365));
    while (!over()) {
      const auto began = Steady::now();
      refill();
      if (trials_.idle()) break;
      for (auto& trial : trials_.wait()) note(std::move(trial));
      result_.seconds += std::chrono::duration<double>(Steady::now() - began).count() - shrinking_;
      shrinking_ = 0;
      if (settings_.progress) settings_.progress(result_, cases_.total());
    }
    result_.interrupted = interrupted_.load();
    return std::move(result_);
  }

 private:
  bool over() const {
    return interrupted_.load() || Steady::now() >= latest_ ||
           result_.findings.size() >= settings_.most_findings;
  }

  void refill() {
    while (!trials_.full()) {
      auto trial = cases_.next();
      if (!trial) return;
      trials_.start(std::move(*trial));
    }
  }

  void note(Trial trial) {
    cases_.heard(trial);
    ++result_.runs;
    result_.records += trial.report.records;
    result_.events += trial.report.events;
    result_.twice += trial.twice ? 1 : 0;
    result_.trace_hash ^= hash_name(trial.report.trace_hash, trial.number);
    if (trial.report.holds()) return;
    const auto broken = trial.report.broken.front();
    const auto same = std::ranges::find_if(
        result_.findings, [&](const Finding& finding) { return kind_of(finding.broken) == kind_of(broken); });
    if (same != result_.findings.end())
      ++same->times;
    else
      keep(std::move(trial), broken);
  }

  void keep(Trial trial, const Broken& broken) {
    const auto began = Steady::now();
    auto shrunk = shrink(trial.scenario, trial.seed, trial.report,
                         {.time = settings_.shrink_time, .trials = settings_.trials}, interrupted_);
    shrinking_ += std::chrono::duration<double>(Steady::now() - began).count();
    result_.findings.push_back({std::move(trial), broken, std::move(shrunk)});
    if (settings_.found) settings_.found(result_.findings.back());
  }

  Cases& cases_;
  const HuntSettings& settings_;
  const std::atomic<bool>& interrupted_;
  Trials trials_;
  HuntResult result_;
  Steady::time_point latest_;
  double shrinking_ = 0;
};

}  // namespace

std::uint64_t HuntResult::met() const {
  std::uint64_t met = 0;
  for (const auto& finding : findings) met += finding.times;
  return met;
}

HuntResult hunt(Cases& cases, const HuntSettings& settings, const std::atomic<bool>& interrupted) {
  return Hunter(cases, settings, interrupted).run();
}

}  // namespace holdfast::sweep
