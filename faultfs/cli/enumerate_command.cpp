#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "core/base/nearest.h"
#include "faultfs/cli/commands.h"
#include "faultfs/cli/output_file.h"
#include "faultfs/cli/table.h"
#include "faultfs/cli/trial_arguments.h"
#include "faultfs/model/errnos.h"
#include "faultfs/model/fault_plan_json.h"
#include "faultfs/trial/enumeration.h"
#include "faultfs/trial/enumeration_json.h"

namespace holdfast::faultfs::cli {
namespace {

constexpr const char* kUsualErrors = "EIO,ENOSPC,EACCES";
constexpr std::uint64_t kMostJobs = 1000;

// "EIO,ENOSPC"; none for "all".
Result<std::vector<int>> read_errors(const std::string& list) {
  std::vector<int> errors;
  if (list == "all") return errors;
  std::istringstream names(list);
  for (std::string name; std::getline(names, name, ',');) {
    const auto error = errno_from(name);
    if (!error)
      return fail(Code::invalid,
                  "--errors: unknown error \"" + name + "\"; allowed: all, or names like EIO,ENOSPC");
    errors.push_back(*error);
  }
  if (errors.empty()) return fail(Code::invalid, "--errors: name at least one, like EIO");
  return errors;
}

Result<PointChoice> read_choice(const Arguments& arguments) {
  auto errors = read_errors(arguments.text("errors", kUsualErrors));
  if (!errors) return fail(errors.error());
  if (arguments.has("every") && arguments.has("persistent"))
    return fail(Code::invalid,
                "--every fails each operation by itself, --persistent all from the first on; choose one");
  return PointChoice{*std::move(errors), arguments.has("every"), arguments.has("persistent")};
}

// On a terminal it stays one line.
void tell_progress(std::size_t done, std::size_t all, std::size_t failed) {
  static const bool terminal = ::isatty(STDERR_FILENO) != 0;
  if (terminal)
    std::cerr << "\r\033[K" << done << " of " << all << " runs, " << failed << " not survived"
              << (done == all ? "\n" : "") << std::flush;
  else if (done == all)
    std::cerr << done << " of " << all << " runs, " << failed << " not survived\n";
}

std::string first_line(const std::string& text) {
  constexpr std::size_t kShown = 60;
  return text.substr(0, std::min(text.find('\n'), kShown));
}

void print_table(const std::vector<PointResult>& results) {
  Table table({"class", "operation", "nth", "error", "what became of it", "it said"});
  std::size_t shown = 0;
  for (const auto& result : results) {
    if (result.why.empty()) continue;
    const auto& point = *result.point;
    table.add({point.file_class.empty() ? "." : point.file_class, std::string(to_string(point.operation)),
               std::to_string(point.nth), errno_name(point.error), result.why, first_line(result.errors)});
    ++shown;
  }
  if (shown > 0) std::cout << table.text();
}

// enumerate.json, and a plan for each failure; those of an earlier time go.
Status write_results(const std::string& directory, const std::vector<PointResult>& results,
                     std::size_t not_run) {
  std::vector<std::string> plans(results.size());
  std::size_t number = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].why.empty()) continue;
    plans[i] = "plan-" + std::to_string(++number) + ".json";
    const std::string plan = print_fault_plan(results[i].point->plan) + "\n";
    if (auto written = write_text(directory + "/" + plans[i], plan); !written) return written;
  }
  std::error_code none;
  while (std::filesystem::remove(directory + "/plan-" + std::to_string(++number) + ".json", none)) continue;
  return write_text(directory + "/enumerate.json", print_enumeration(results, plans, not_run) + "\n");
}

// Says how it went. A point that was not reached again proves nothing.
ExitCode conclude(const Enumerated& found, std::size_t points, const std::string& out) {
  const auto& results = found.results;
  const std::size_t not_run = points - results.size();
  print_table(results);
  const auto failed = std::ranges::count_if(results, [](const auto& result) { return !result.why.empty(); });
  const auto unreached = std::ranges::count_if(results, [](const auto& result) { return !result.reached; });
  std::cout << results.size() - static_cast<std::size_t>(failed) << " of " << results.size()
            << " failures survived";
  if (unreached > 0)
    std::cout << "; " << unreached << " were not reached again, so the program does not repeat itself";
  if (not_run > 0) std::cout << "; " << not_run << " more were not run";
  std::cout << '\n' << std::flush;
  if (!out.empty())
    if (auto written = write_results(out, results, not_run); !written) return tell(written.error());
  if (found.ended) return tell(*found.ended);
  if (failed > 0) return kFailed;
  return unreached > 0 ? kUndecided : kDone;
}

// Mostly a program that was not told where the mount is.
ExitCode nothing_to_fail() {
  std::cerr
      << "faultfs: there is nothing to fail: the program asked nothing of the mount that these --errors "
         "may answer; {} in its words is the mount's path\n";
  return kUndecided;
}

void add_enumerate_options(Arguments& arguments) {
  add_trial_options(arguments);
  arguments.add()("errors", text_value("LIST|all"),
                  "which errors, where the operation may answer them; EIO,ENOSPC,EACCES if not given")(
      "every", "fail each single operation, not the first of each class and kind alone")(
      "persistent", "the operation fails from the first time on, not once")(
      "class", list_value("GLOB"), "files that are alike; may be given several times")(
      "compare-output", "a program survives only if it prints what it prints without a fault")(
      "jobs", text_value("N"), "runs at a time; as many as there are processors if not given")(
      "seed", text_value("N"), "seed of the mounts; 1 if not given")(
      "out", text_value("DIR"),
      "write enumerate.json there, and a plan for each failure that was not survived");
}

}  // namespace

ExitCode enumerate_command(const Words& words) {
  Arguments arguments(
      "enumerate", {},
      "Runs a program on a fresh mount without a fault, which it must pass, then once for each point that\n"
      "it asked for, with that point failing. A point is a class of files, an operation and an error.\n"
      "In the program and the check {} is the mount's path; it is in $FAULTFS_MOUNT too.",
      {"faultfs enumerate -- ./backup.sh {}",
       "faultfs enumerate --source template --check './verify {}' --errors all --out found -- ./app {}",
       "faultfs mount /tmp/data /tmp/faulty --plan found/plan-1.json      # meet a failure again"});
  add_enumerate_options(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  const auto choice = read_choice(arguments);
  if (!choice) return tell(choice.error());
  const auto jobs =
      arguments.number("jobs", std::max(1U, std::thread::hardware_concurrency()), {1, kMostJobs});
  if (!jobs) return tell(jobs.error());
  auto options = trial_options(arguments);
  if (!options) return tell(options.error());
  options->classes = arguments.list("class");
  options->compare_output = arguments.has("compare-output");
  const auto seed = arguments.number("seed", options->seed, {0, UINT64_MAX});
  if (!seed) return tell(seed.error());
  options->seed = *seed;

  if (arguments.has("out"))
    if (auto made = make_directory(arguments.text("out")); !made) return tell(made.error());
  auto workshop = Workshop::open(*options);
  if (!workshop) return tell(workshop.error());
  const auto reference = run_reference(**workshop);
  if (!reference) return tell(reference.error());
  const auto points = points_to_fail(reference->coverage, PathClasses(options->classes), *choice);
  if (!points) return tell(points.error());
  if (points->empty()) return nothing_to_fail();
  std::size_t failed = 0;
  const auto found =
      enumerate(**workshop, *reference, *points, *jobs, [&](std::size_t done, const PointResult& result) {
        failed += result.why.empty() ? 0 : 1;
        tell_progress(done, points->size(), failed);
      });
  return conclude(found, points->size(), arguments.text("out"));
}

}  // namespace holdfast::faultfs::cli
