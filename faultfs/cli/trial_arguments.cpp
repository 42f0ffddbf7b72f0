#include "faultfs/cli/trial_arguments.h"

#include <filesystem>

#include "faultfs/control/end_signals.h"

namespace holdfast::faultfs::cli {
namespace {

constexpr Duration kLongestTrial = std::chrono::hours(24);

}  // namespace

void add_trial_options(Arguments& arguments) {
  arguments.runs_program();
  arguments.add()("source", text_value("DIR"),
                  "each run begins with a copy of this directory; else with an empty one")(
      "check", text_value("COMMAND"),
      "for sh -c, after each run and with every fault healed: its exit code says whether the program "
      "survived, "
      "which may then fail by itself")(
      "timeout", text_value("DURATION"),
      "how long the program may take, and the check again; 30s if not given");
}

Result<TrialOptions> trial_options(const Arguments& arguments) {
  TrialOptions options;
  options.faultfs = std::filesystem::read_symlink("/proc/self/exe").string();
  options.program = arguments.program();
  options.check = arguments.text("check");
  options.source = arguments.text("source");
  if (!options.source.empty() && !std::filesystem::is_directory(options.source))
    return fail(Code::invalid, "--source: " + options.source + " is no directory");
  const auto limit = arguments.duration("timeout", options.limit, kLongestTrial);
  if (!limit) return fail(limit.error());
  options.limit = *limit;
  options.interrupt = block_end_signals();
  return options;
}

Result<Trial> run_reference(Workshop& workshop) {
  auto trial = run_trial(workshop, {});
  if (!trial) return trial;
  const auto why = why_not_survived(workshop.options(), *trial, *trial);
  if (why.empty() && trial->program.passed()) return trial;
  const std::string what = why.empty() ? "exit code " + std::to_string(trial->program.exit_code) : why;
  std::string said = trial->errors + trial->check_errors;
  while (said.ends_with('\n')) said.pop_back();
  return fail(Code::invalid, "the program does not pass without any fault: " + what +
                                 (said.empty() ? "" : "; it said:\n" + said));
}

}  // namespace holdfast::faultfs::cli
