// What one run of a hunt came to, short enough to be told through a pipe.
//
//   RunReport report = play(scenario, seed);         // in a process of its own: it may die
//   std::string text = to_text(report);
//   RunReport same = *report_from(text);
//
// What is wrong is a list of broken laws, by name; the first is the one that a shrink holds on to. A run
// that ended its process has the law `survival`, one that took too long `pace`, one that could not be played
// `playable`, one that was different the second time `determinism`. Pure but for play().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"
#include "simulator/sweep/call_hashes.h"

namespace holdfast::sweep {

struct Broken {
  std::string law;
  std::string detail;
  friend bool operator==(const Broken&, const Broken&) = default;
};

struct RunReport {
  std::vector<Broken> broken;
  std::uint64_t records = 0;     // offered
  std::uint64_t events = 0;      // faults that fired, and what befell the process
  std::uint64_t operations = 0;  // on disk and link
  std::string trace_hash;

  bool holds() const { return broken.empty(); }
  bool breaks(std::string_view law) const;
};

// Options within their ranges, judged phases, nothing that only LIVE can do.
Status check_playable(const scenario::Scenario& scenario);

// Each event is told to `calls`, if they are given.
RunReport play(const scenario::Scenario& scenario, std::uint64_t seed, CallHashes* calls = nullptr);

std::string to_text(const RunReport& report);
std::optional<RunReport> report_from(std::string_view text);

}  // namespace holdfast::sweep
