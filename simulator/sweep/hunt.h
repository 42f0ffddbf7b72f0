// Plays cases until there are no more, the time is up or somebody interrupts; shrinks what breaks a law.
//
//   SwarmCases cases(bases, {1, 10'000});
//   HuntResult result = hunt(cases, settings, interrupted);
//   for (const Finding& finding : result.findings) ... finding.broken.law, finding.shrunk.scenario ...
//
// Laws only: no twin, no expectation. A finding is a scenario and a seed; the same law broken in the same
// words is found once, and counted. One thread, many processes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "simulator/sweep/cases.h"
#include "simulator/sweep/shrink.h"

namespace holdfast::sweep {

struct Finding {
  Trial trial;
  Broken broken;
  Shrunk shrunk;
  std::uint64_t times = 1;  // that the hunt met it
};

struct HuntResult {
  std::uint64_t runs = 0;
  std::uint64_t records = 0;
  std::uint64_t events = 0;      // faults that fired
  std::uint64_t twice = 0;       // runs that were played twice
  std::uint64_t trace_hash = 0;  // of all runs, in whatever order they ended
  double seconds = 0;            // real, without shrinking
  bool interrupted = false;
  std::vector<Finding> findings;

  double runs_per_minute() const { return seconds > 0 ? 60 * static_cast<double>(runs) / seconds : 0; }
  std::uint64_t met() const;  // findings, each as often as it was met
};

struct HuntSettings {
  TrialSettings trials;
  Duration shrink_time = std::chrono::seconds(20);  // of one finding
  Duration time = Duration::max();                  // of the hunt
  std::uint64_t most_findings = 20;                 // different ones; then it ends
  std::function<void(const HuntResult&, std::uint64_t total)> progress = {};
  std::function<void(const Finding&)> found = {};
};

HuntResult hunt(Cases& cases, const HuntSettings& settings, const std::atomic<bool>& interrupted);

}  // namespace holdfast::sweep
