// Every point of a program's requests fails once: which are there, and what each did to the program.
//
//   auto points = points_to_fail(reference.coverage, choice);
//   enumerate(workshop, reference, *points, jobs, [](std::size_t done, const PointResult&) { ... });
//
// A point is a class of files, an operation and an error; `nth` says which of those operations fails, the
// first by default. The plan of a point makes it fail again: faultfs mount --plan.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/coverage.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/trial/trial.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kMostPoints = 100'000;

struct PointChoice {
  std::vector<int> errors{};  // empty: all that an operation may answer
  bool every = false;         // each single operation, not the first of each kind alone
  bool persistent = false;    // the operation fails from the first time on
};

struct FailurePoint {
  std::string file_class;
  Operation operation = Operation::lookup;
  int error = 0;
  std::uint64_t nth = 1;
  FaultPlan plan{};
};

// Fails for more than kMostPoints, and for classes that no rule can be aimed at.
Result<std::vector<FailurePoint>> points_to_fail(const CoverageReport& seen, const PathClasses& classes,
                                                 const PointChoice& choice);

struct PointResult {
  const FailurePoint* point = nullptr;
  bool reached = false;  // the program asked for it again, and it failed
  std::string why{};     // it did not survive; empty: it did
  Outcome program{};
  std::string errors{};  // what it said on standard error
};

// What was found, also when it ended early: at the first trial that could not be run, or by an interruption.
struct Enumerated {
  std::vector<PointResult> results{};  // of the points that were run, in their order
  std::optional<Error> ended{};        // why the others were not
};

// `tell` is called by one thread at a time.
Enumerated enumerate(Workshop& workshop, const Trial& reference, const std::vector<FailurePoint>& points,
                     std::size_t jobs, const std::function<void(std::size_t, const PointResult&)>& tell);

}  // namespace holdfast::faultfs
