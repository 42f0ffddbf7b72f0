// Kills the subject, and cuts its power, before each I/O operation of a scenario in turn.
//
//   CrashPointCases cases({base}, {1, 3});
//   hunt(cases, settings, interrupted);
//
// An operation is a call of the disk's or the link's port, in every phase but the last. Each case is a
// scenario with one process event. A power cut is played with each seed, which draws what survives.
#pragma once

#include <vector>

#include "simulator/sweep/cases.h"

namespace holdfast::sweep {

class CrashPointCases final : public Cases {
 public:
  CrashPointCases(const std::vector<scenario::Scenario>& bases, scenario::SeedRange seeds);
  std::optional<Trial> next() override;
  std::uint64_t total() const override { return points_.size(); }

 private:
  struct Point {
    std::size_t base, phase;
    std::uint64_t operation;
    scenario::ProcessAction action;
    std::uint64_t seed;
  };

  void add_points(std::size_t base, scenario::SeedRange seeds);

  std::vector<scenario::Scenario> bases_;
  std::vector<Point> points_;
  std::uint64_t number_ = 0;
};

// How many I/O operations each phase of a run has, when nothing befalls it.
Result<std::vector<std::uint64_t>> operations_in_phases(const scenario::Scenario& scenario);

}  // namespace holdfast::sweep
