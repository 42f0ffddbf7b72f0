// The inside of the subject's process in a LIVE run: opens the subject, says "ready" on standard
// output, waits for the run's start, offers the load, obeys the harness' orders (subject_orders.h),
// and closes when standard input ends.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::run {

struct LiveSubjectSpec {
  scenario::Scenario scenario;  // its subject's directory and endpoint filled in
  std::uint64_t seed = 0;
  std::uint16_t incarnation = 0;
  std::string mount;   // claims are told relative to it
  std::string ledger;  // files outside the mount
  std::string claims;
  std::string report;
};

Status run_live_subject(const LiveSubjectSpec& spec);

}  // namespace holdfast::run
