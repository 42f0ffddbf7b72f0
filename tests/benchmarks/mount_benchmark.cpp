// What files cost through a faultfs mount, beside the same on the backing directory; what a hundred armed
// rules that meet nothing add to it, and what a file that hangs costs its neighbour. Rounds alternate, the
// fastest of each counts; program and daemon share one processor, since waking another costs more than a
// request.
//
// The directory is $HOLDFAST_BENCH_DIRECTORY, or /dev/shm: memory, where the mount is the most of the cost.
#include <benchmark/benchmark.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "faultfs/control/fuse_available.h"
#include "tests/benchmarks/file_workloads.h"
#include "tests/benchmarks/samples.h"
#include "tests/faultfs_process.h"
#include "tests/temporary_directory.h"

namespace holdfast::bench {
namespace {

constexpr int kRounds = 5;

// This thread and what it starts, back where they were at the end.
class OneProcessor {
 public:
  OneProcessor() {
    ::sched_getaffinity(0, sizeof before_, &before_);
    int last = CPU_SETSIZE - 1;
    while (last > 0 && !CPU_ISSET(last, &before_)) --last;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  ~OneProcessor() { ::sched_setaffinity(0, sizeof before_, &before_); }
  OneProcessor(const OneProcessor&) = delete;
  OneProcessor& operator=(const OneProcessor&) = delete;

 private:
  cpu_set_t before_{};
};

std::filesystem::path parent_directory() {
  const char* given = std::getenv("HOLDFAST_BENCH_DIRECTORY");
  return given != nullptr ? given : "/dev/shm";
}

// A directory, and a mount of it beside.
class Mounted {
 public:
  explicit Mounted(std::vector<std::string> options, const std::string& plan = {}) {
    for (const auto& made : {backing(), mountpoint()}) ::mkdir(made.c_str(), 0755);
    std::vector<std::string> words = {"mount", backing(), mountpoint(), "--socket", directory_ / "socket"};
    words.insert(words.end(), options.begin(), options.end());
    if (!plan.empty()) {
      std::ofstream(directory_ / "plan") << plan;
      words.insert(words.end(), {"--plan", directory_ / "plan"});
    }
    works_ = process_.mount(words);
  }

  bool works() const { return works_; }
  std::string backing() const { return directory_ / "backing"; }
  std::string mountpoint() const { return directory_ / "mount"; }

  // In a new directory, made behind the mount, so that it knows nothing of what is in it.
  double run(const FileWorkload& workload, bool through_the_mount) {
    const std::string name = "/" + std::to_string(++runs_);
    std::filesystem::create_directory(backing() + name);
    if (workload.run == look_at_unknown || workload.run == list) make_names(backing() + name);
    const double value = workload.run((through_the_mount ? mountpoint() : backing()) + name);
    std::filesystem::remove_all(backing() + name);
    return value;
  }

 private:
  TemporaryDirectory directory_{parent_directory()};
  faultfs::FaultfsProcess process_{directory_ / "output"};
  bool works_ = false;
  int runs_ = 0;
};

// A process that reads the file's first byte; it hangs where the read does.
pid_t start_reader(const std::string& path) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  char byte;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  ::_exit(::pread(file, &byte, 1, 0) == 1 ? 0 : 1);
}

// The fastest round: what else the machine does only slows.
double best(const FileWorkload& workload, Samples& rounds) {
  return rounds.quantile(workload.less_is_better ? 0 : 1);
}

// How much of the speed of `base` is left.
double ratio(const FileWorkload& workload, double value, double base) {
  return workload.less_is_better ? base / value : value / base;
}

void compare(benchmark::State& state, const FileWorkload& workload, const char* base_name, const char* name,
             const std::function<double()>& base, const std::function<double()>& measured) {
  Samples bases, values;
  for (auto _ : state) {
    for (int round = 0; round < kRounds; ++round) {
      bases.add(base());
      values.add(measured());
    }
  }
  report(state, base_name, best(workload, bases));
  report(state, name, best(workload, values));
  report(state, "ratio", ratio(workload, best(workload, values), best(workload, bases)));
  state.SetLabel(workload.unit);
}

void beside_native(benchmark::State& state, const FileWorkload& workload,
                   const std::vector<std::string>& options) {
  const OneProcessor one;
  Mounted mounted(options);
  if (!mounted.works()) return state.SkipWithError("faultfs cannot mount here");
  compare(
      state, workload, "native", "mount", [&] { return mounted.run(workload, false); },
      [&] { return mounted.run(workload, true); });
}

std::string hundred_rules() {
  std::string rules;
  for (int i = 0; i < 100; ++i)
    rules +=
        (i == 0 ? "" : ",") + (R"({"name": "rule )" + std::to_string(i) +
                               R"(", "when": {"path": "elsewhere/**/*.tmp"}, "effect": {"error": "EIO"}})");
  return R"({"rules": [)" + rules + "]}";
}

void under_a_hundred_rules(benchmark::State& state, const FileWorkload& workload) {
  const OneProcessor one;
  Mounted without({}), with({}, hundred_rules());
  if (!without.works() || !with.works()) return state.SkipWithError("faultfs cannot mount here");
  compare(
      state, workload, "no_rule", "hundred_rules", [&] { return without.run(workload, true); },
      [&] { return with.run(workload, true); });
}

// Reads of one file while eight reads of another hang.
void beside_a_hung_file(benchmark::State& state) {
  const OneProcessor one;
  const char* plan = R"({"rules": [{"name": "hangs", "when": {"path": "hung", "op": "read"},
                                    "effect": {"hang": true}}]})";
  Mounted mounted({}, plan);
  if (!mounted.works()) return state.SkipWithError("faultfs cannot mount here");
  std::ofstream(mounted.backing() + "/hung") << "text";
  const FileWorkload& workload = kFileWorkloads[3];
  Samples alone, beside;
  for (auto _ : state) {
    for (int round = 0; round < kRounds; ++round) {
      alone.add(mounted.run(workload, true));
      std::vector<pid_t> waiting;
      for (int i = 0; i < 8; ++i) waiting.push_back(start_reader(mounted.mountpoint() + "/hung"));
      beside.add(mounted.run(workload, true));
      for (const pid_t reader : waiting) ::kill(reader, SIGKILL);
      for (const pid_t reader : waiting) ::waitpid(reader, nullptr, 0);
    }
  }
  report(state, "alone", best(workload, alone));
  report(state, "beside_hung", best(workload, beside));
  report(state, "ratio", ratio(workload, best(workload, beside), best(workload, alone)));
  state.SetLabel(workload.unit);
}

const struct {
  const char* name;
  std::vector<std::string> options;
} kWays[] = {{"plain", {}},
             {"name_cache", {"--name-cache"}},
             {"passthrough", {"--name-cache", "--passthrough", "auto"}}};

[[maybe_unused]] const bool kRegistered = [] {
  const auto enlist = [](const std::string& name, auto run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->Iterations(1)->Unit(benchmark::kMillisecond);
  };
  for (const auto& workload : kFileWorkloads) {
    for (const auto& way : kWays)
      enlist(std::string("mount/") + workload.name + "/" + way.name,
             [&workload, options = way.options](benchmark::State& state) {
               beside_native(state, workload, options);
             });
    enlist(std::string("mount_hundred_rules/") + workload.name,
           [&workload](benchmark::State& state) { under_a_hundred_rules(state, workload); });
  }
  enlist("mount_hung_neighbour", beside_a_hung_file);
  return true;
}();

}  // namespace
}  // namespace holdfast::bench
