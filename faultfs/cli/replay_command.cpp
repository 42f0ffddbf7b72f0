// A program under the faults of a log: replay, and shrink, which looks for the fewest that matter.
#include <algorithm>
#include <iostream>
#include <numeric>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/output_file.h"
#include "faultfs/cli/plan_file.h"
#include "faultfs/cli/trial_arguments.h"
#include "faultfs/trial/smallest_part.h"

namespace holdfast::faultfs::cli {
namespace {

// What both need: the faults, and a workshop in which a program that passes without them has passed.
struct Replays {
  std::vector<RecordedFault> faults;
  std::unique_ptr<Workshop> workshop;
  Trial reference;
};

Result<Replays> open_replays(const Arguments& arguments, const char* output) {
  Replays replays;
  if (arguments.has(output))
    if (auto able = check_writable(arguments.text(output)); !able) return fail(able.error());
  auto faults = read_fault_log(arguments.operand(0));
  if (!faults) return fail(faults.error());
  replays.faults = *std::move(faults);
  auto options = trial_options(arguments);
  if (!options) return fail(options.error());
  auto workshop = Workshop::open(*options);
  if (!workshop) return fail(workshop.error());
  replays.workshop = *std::move(workshop);
  auto reference = run_reference(*replays.workshop);
  if (!reference) return fail(reference.error());
  replays.reference = *std::move(reference);
  return replays;
}

Result<Trial> replay(Replays& replays, const std::vector<RecordedFault>& faults) {
  return run_trial(*replays.workshop, {.replayed = lines_of(faults)});
}

ExitCode conclude_replay(const Arguments& arguments, const Replays& replays, const Trial& trial) {
  const auto again = parse_fault_log(trial.fault_log);
  if (!again) return tell({Code::internal, "the log of the replay: " + again.error().message});
  const std::size_t met = recurred(replays.faults, *again);
  std::cout << trial.output << std::flush;
  std::cerr << trial.errors << "faultfs: " << met << " of " << replays.faults.size() << " faults recurred\n";
  if (arguments.has("fault-log"))
    if (auto written = write_text(arguments.text("fault-log"), trial.fault_log); !written)
      return tell(written.error());
  const auto why = why_not_survived(replays.workshop->options(), trial, replays.reference);
  if (!why.empty()) {
    std::cerr << "faultfs: not survived: " << why << '\n';
    return kFailed;
  }
  return met < replays.faults.size() ? kUndecided : kDone;
}

std::string count_of(std::size_t faults) {
  return std::to_string(faults) + (faults == 1 ? " fault" : " faults");
}

// Asks the program, once for each list of faults.
class Shrinking {
 public:
  explicit Shrinking(Replays& replays) : replays_(replays) {}

  void run() {
    (void)smallest_part(replays_.faults.size(), [this](const Chosen& chosen) { return fails(chosen); });
  }
  // Once an error has come every answer is no.
  bool fails(const Chosen& chosen) {
    if (error_) return false;
    const auto trial = replay(replays_, chosen_of(chosen));
    if (!trial) {
      error_ = trial.error();
      return false;
    }
    const auto why = why_not_survived(replays_.workshop->options(), *trial, replays_.reference);
    std::cerr << "faultfs: run " << replays_.workshop->trials() << ": " << count_of(chosen.size()) << ", "
              << (why.empty() ? "survived" : why) << '\n';
    if (!why.empty()) fewest_ = chosen_of(chosen);
    return !why.empty();
  }
  // That the program has not survived so far.
  const std::vector<RecordedFault>& fewest() const { return fewest_; }
  const std::optional<Error>& error() const { return error_; }

 private:
  Replays& replays_;
  std::optional<Error> error_;
  std::vector<RecordedFault> fewest_;

  std::vector<RecordedFault> chosen_of(const Chosen& chosen) const {
    std::vector<RecordedFault> faults;
    for (const std::size_t number : chosen) faults.push_back(replays_.faults[number]);
    return faults;
  }
};

// Also of one that was interrupted: what it has found is worth having.
ExitCode conclude_shrinking(const Arguments& arguments, const Shrinking& shrinking, std::size_t all) {
  const auto& few = shrinking.fewest();
  std::cerr << "faultfs: " << few.size() << " of " << count_of(all)
            << (shrinking.error() ? " so far; fewer may do"
                : few.size() == 1 ? " is needed"
                                  : " are needed")
            << '\n';
  if (!arguments.has("out"))
    std::cout << lines_of(few) << std::flush;
  else if (auto written = write_text(arguments.text("out"), lines_of(few)); !written)
    return tell(written.error());
  return shrinking.error() ? tell(*shrinking.error()) : kDone;
}

}  // namespace

ExitCode replay_command(const Words& words) {
  Arguments arguments(
      "replay", {"LOG"},
      "Runs a program on a fresh mount that injects exactly the faults of a fault log, each to the\n"
      "operation that it befell: the so many-th of its kind on its path. Exit code 1: it did not\n"
      "survive them; 2: it did, but not all of them recurred.",
      {"faultfs replay faults.jsonl -- ./app {}",
       "faultfs replay faults.jsonl --check './verify {}' --fault-log again.jsonl -- ./app {}"});
  add_trial_options(arguments);
  arguments.add()("fault-log", text_value("FILE"), "write what the replay injected here");
  if (auto ended = arguments.parse(words)) return *ended;
  auto replays = open_replays(arguments, "fault-log");
  if (!replays) return tell(replays.error());
  const auto trial = replay(*replays, replays->faults);
  return trial ? conclude_replay(arguments, *replays, *trial) : tell(trial.error());
}

ExitCode shrink_command(const Words& words) {
  Arguments arguments(
      "shrink", {"LOG"},
      "Looks for the fewest faults of a fault log that a program does not survive, and prints them as a\n"
      "fault log. Without one more of them it survives.",
      {"faultfs shrink faults.jsonl --check './verify {}' --out few.jsonl -- ./app {}",
       "faultfs replay few.jsonl --check './verify {}' -- ./app {}"});
  add_trial_options(arguments);
  arguments.add()("out", text_value("FILE"), "write the log here instead of printing it");
  if (auto ended = arguments.parse(words)) return *ended;
  auto replays = open_replays(arguments, "out");
  if (!replays) return tell(replays.error());
  std::cerr << "faultfs: run 1: no fault, survived\n";
  Shrinking shrinking(*replays);
  Chosen all(replays->faults.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const bool fails = shrinking.fails(all);
  if (shrinking.error()) return tell(*shrinking.error());
  if (!fails)
    return tell({Code::invalid,
                 "the program survives all of " + arguments.operand(0) + ", so there is nothing to shrink"});
  shrinking.run();
  return conclude_shrinking(arguments, shrinking, replays->faults.size());
}

}  // namespace holdfast::faultfs::cli
