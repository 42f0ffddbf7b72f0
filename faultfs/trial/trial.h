// One run of a program on a fresh mount with its own faults, and what became of it.
//
//   Workshop workshop = *Workshop::open({.faultfs = "/proc/self/exe", .program = {"./app", "{}"}});
//   auto trial = run_trial(workshop, {.plan = plan});
//   if (auto why = why_not_survived(workshop, *trial, reference); !why.empty()) ...
//
// The directory behind the mount is empty, or a copy of a template. In the program's words and in the check
// "{}" is the mount's path, which is in the variable FAULTFS_MOUNT too. The check is run after the program,
// on the same mount, with every fault healed. No mount, process or file of a trial is left when it returns.
// Trials of one workshop may run on several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "faultfs/control/scratch_directory.h"
#include "faultfs/model/coverage.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/trial/child.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kMostOutputBytes = 1U << 20;  // that are compared and told

// What all trials have in common.
struct TrialOptions {
  std::string faultfs;               // the program that mounts
  std::vector<std::string> program;  // and its words
  std::string check{};               // for sh -c; empty: none
  std::string source{};              // the template; empty: an empty directory
  std::vector<std::string> classes{};
  std::uint64_t seed = 1;
  Duration limit = std::chrono::seconds(30);  // for the program, and again for the check
  bool compare_output = false;
  int interrupt = -1;  // a descriptor that becomes readable when all shall end
};

class Workshop {
 public:
  // Makes a directory for the trials below the system's temporary one, which goes with the workshop.
  static Result<std::unique_ptr<Workshop>> open(TrialOptions options);
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const TrialOptions& options() const { return options_; }
  // A directory for one more trial.
  Result<ScratchDirectory> next_place();
  std::uint64_t trials() const { return trials_; }

 private:
  Workshop(TrialOptions options, ScratchDirectory place)
      : options_(std::move(options)), place_(std::move(place)) {}
  TrialOptions options_;
  ScratchDirectory place_;
  std::atomic<std::uint64_t> trials_{0};
};

// What is injected: a plan, or the faults of a log.
struct TrialFaults {
  FaultPlan plan{};
  std::string replayed{};  // lines of a fault log
};

struct Trial {
  Outcome program;
  std::optional<Outcome> check{};
  std::string output{};  // the program's, its first kMostOutputBytes, with {} for the mount's path
  std::string errors{};
  std::string check_errors{};
  CoverageReport coverage{};  // before the check
  std::string fault_log{};
};

// Fails when it cannot be run here; Code::cancelled when it was interrupted.
Result<Trial> run_trial(Workshop& workshop, const TrialFaults& faults);

// "killed by SIGSEGV", "exit code 1", "still running after 30s", ...; empty when it survived. With a check
// the program may fail by itself, which is an honest answer to a fault: then the check decides.
std::string why_not_survived(const TrialOptions& options, const Trial& trial, const Trial& reference);

}  // namespace holdfast::faultfs
