// Plays scenarios in processes of their own, several at once.
//
//   Trials trials({.processes = 2});
//   trials.start({.number = 7, .scenario = drawn, .seed = 7});
//   for (const Trial& trial : trials.wait()) ... trial.report.broken ...
//
// A process that dies has broken `survival`, with its last words; one that takes too long `pace`; one that
// is played twice and differs `determinism`. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "simulator/scenario/scenario.h"
#include "simulator/sweep/children.h"
#include "simulator/sweep/run_report.h"

namespace holdfast::sweep {

struct Trial {
  std::uint64_t number = 0;
  scenario::Scenario scenario;
  std::uint64_t seed = 0;
  bool twice = false;  // the second time must be the same
  RunReport report{};  // once it has ended
};

struct TrialSettings {
  std::size_t processes = 1;
  Duration within = std::chrono::seconds(60);  // of real time, one run
  std::function<RunReport(const scenario::Scenario&, std::uint64_t seed, CallHashes*)> play = sweep::play;
};

class Trials {
 public:
  explicit Trials(TrialSettings settings) : settings_(settings), children_(settings.processes) {}

  bool idle() const { return children_.idle(); }
  bool full() const { return children_.full(); }
  std::size_t at_once() const { return children_.at_once(); }
  void start(Trial trial);
  std::vector<Trial> wait();  // those that have ended
  void abandon();

  // Plays all that are given, which differ in their numbers; their reports by their places.
  std::vector<RunReport> play_all(const std::vector<Trial>& trials);

 private:
  TrialSettings settings_;
  Children children_;
  std::map<std::uint64_t, Trial> running_;
};

}  // namespace holdfast::sweep
