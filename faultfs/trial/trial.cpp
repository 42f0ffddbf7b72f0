#include "faultfs/trial/trial.h"

#include <string.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/units.h"
#include "faultfs/control/mount_process.h"
#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMountVariable = "FAULTFS_MOUNT";
constexpr Duration kCopyLimit = std::chrono::minutes(10);

std::string text_of(const std::string& path, std::size_t most = SIZE_MAX) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > most) text.resize(most);
  return text;
}

// A directory of a trial, which goes with it.
class Place {
 public:
  explicit Place(ScratchDirectory directory) : directory_(std::move(directory)) {}
  std::string operator/(const char* name) const { return directory_ / name; }
  std::string data() const { return *this / "data"; }
  std::string mount() const { return *this / "mount"; }

 private:
  ScratchDirectory directory_;
};

// With everything that cp knows of: owners, times, attributes, links, holes.
Status copy_template(const TrialOptions& options, const Place& place) {
  if (options.source.empty()) return {};
  const auto copied = run_child({.words = {"cp", "-a", options.source + "/.", place.data()},
                                 .output = place / "output",
                                 .errors = place / "errors",
                                 .limit = kCopyLimit,
                                 .interrupt = options.interrupt});
  if (!copied) return fail(copied.error());
  if (copied->interrupted) return fail(Code::cancelled, "interrupted");
  if (copied->passed()) return {};
  return fail(Code::invalid, "copying " + options.source + " failed: " + text_of(place / "errors", 500));
}

Status prepare(const TrialOptions& options, const Place& place) {
  std::error_code error;
  fs::create_directories(place.data(), error);
  if (!error) fs::create_directories(place.mount(), error);
  if (error) return fail(error_of_errno(error.value(), "make a directory for a run"));
  return copy_template(options, place);
}

Result<std::unique_ptr<MountProcess>> mount(const TrialOptions& options, const Place& place,
                                            const TrialFaults& faults) {
  std::vector<std::string> more = {"--seed", std::to_string(options.seed), "--fault-log", place / "faults"};
  for (const auto& glob : options.classes) more.insert(more.end(), {"--class", glob});
  if (!faults.plan.rules.empty()) {
    std::ofstream(place / "plan") << print_fault_plan(faults.plan);
    more.insert(more.end(), {"--plan", place / "plan"});
  } else if (!faults.replayed.empty()) {
    std::ofstream(place / "log") << faults.replayed;
    more.insert(more.end(), {"--replay", place / "log"});
  }
  return MountProcess::start({.program = options.faultfs,
                              .source = place.data(),
                              .mountpoint = place.mount(),
                              .output = place / "daemon",
                              .more = more});
}

std::string with_mount(std::string word, const std::string& mountpoint) {
  for (std::size_t at = 0; (at = word.find("{}", at)) != std::string::npos; at += mountpoint.size())
    word.replace(at, 2, mountpoint);
  return word;
}

// What the program said, wherever it ran.
std::string said(const Place& place, const char* where) {
  const std::string mountpoint = place.mount();
  std::string text = text_of(place / where, kMostOutputBytes);
  for (std::size_t at = 0; (at = text.find(mountpoint, at)) != std::string::npos; at += 2)
    text.replace(at, mountpoint.size(), "{}");
  return text;
}

Result<Outcome> run_words(const TrialOptions& options, const Place& place, std::vector<std::string> words) {
  for (auto& word : words) word = with_mount(word, place.mount());
  auto outcome = run_child({.words = std::move(words),
                            .variables = {{kMountVariable, place.mount()}},
                            .output = place / "output",
                            .errors = place / "errors",
                            .limit = options.limit,
                            .interrupt = options.interrupt});
  kill_all_with(kMountVariable, place.mount());
  if (outcome && outcome->interrupted) return fail(Code::cancelled, "interrupted");
  return outcome;
}

Result<Trial> run_on(MountProcess& mounted, const TrialOptions& options, const Place& place) {
  Trial trial;
  auto program = run_words(options, place, options.program);
  if (!program) return fail(program.error());
  trial.program = *program;
  trial.output = said(place, "output");
  trial.errors = said(place, "errors");
  // What the mount no longer tells, after a rule that disconnects it, is no failure of the trial.
  if (auto coverage = mounted.control().coverage()) trial.coverage = *std::move(coverage);
  (void)mounted.control().clear();
  trial.fault_log = text_of(place / "faults");
  if (options.check.empty()) return trial;
  auto check = run_words(options, place, {"sh", "-c", options.check});
  if (!check) return fail(check.error());
  trial.check = *check;
  trial.check_errors = said(place, "errors");
  return trial;
}

std::string how(const Outcome& outcome, Duration limit) {
  if (outcome.timed_out) return "still running after " + format_duration(limit);
  if (outcome.signal != 0) {
    const char* name = ::sigabbrev_np(outcome.signal);
    return "killed by " + (name != nullptr ? "SIG" + std::string(name) : std::to_string(outcome.signal));
  }
  return "exit code " + std::to_string(outcome.exit_code);
}

}  // namespace

Result<std::unique_ptr<Workshop>> Workshop::open(TrialOptions options) {
  std::error_code error;
  const fs::path below = fs::temp_directory_path(error);
  if (error) return fail(error_of_errno(error.value(), "use the temporary directory that TMPDIR names"));
  auto place = ScratchDirectory::make(below / "faultfs-trials-");
  if (!place) return fail(place.error());
  return std::unique_ptr<Workshop>(new Workshop(std::move(options), *std::move(place)));
}

Result<ScratchDirectory> Workshop::next_place() {
  ++trials_;
  return ScratchDirectory::make(place_ / "run-");
}

Result<Trial> run_trial(Workshop& workshop, const TrialFaults& faults) {
  const TrialOptions& options = workshop.options();
  auto directory = workshop.next_place();
  if (!directory) return fail(directory.error());
  const Place place(*std::move(directory));
  if (auto prepared = prepare(options, place); !prepared) return fail(prepared.error());
  auto mounted = mount(options, place, faults);
  if (!mounted) return fail(mounted.error());
  auto trial = run_on(**mounted, options, place);
  if (auto stopped = (*mounted)->stop(); !stopped) return fail(stopped.error());
  return trial;
}

std::string why_not_survived(const TrialOptions& options, const Trial& trial, const Trial& reference) {
  const Outcome& program = trial.program;
  const bool ended_by_itself = program.signal == 0 && !program.timed_out;
  if (!ended_by_itself) return how(program, options.limit);
  if (trial.check && !trial.check->passed()) return "the check: " + how(*trial.check, options.limit);
  if (!trial.check && program != reference.program) return how(program, options.limit);
  if (options.compare_output && trial.output != reference.output) return "its output differs";
  return {};
}

}  // namespace holdfast::faultfs
