// A scenario played in virtual time, and what it broke.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "simulator/oracle/evaluate.h"
#include "simulator/run/virtual_run.h"

namespace holdfast::run {

inline std::unique_ptr<FinishedRun> played(const scenario::Scenario& scenario, std::uint64_t seed = 3) {
  auto finished = run_virtual(scenario, seed);
  EXPECT_TRUE(finished) << finished.error().message;
  return std::move(*finished);
}

// The laws that are broken, each with its detail.
inline std::string broken(const FinishedRun& finished) {
  std::string text;
  for (const auto& law : oracle::check_laws(finished.record))
    if (law.verdict == oracle::LawVerdict::fail) text += law.law + ": " + law.detail + "\n";
  return text;
}

}  // namespace holdfast::run
