#include "simulator/run/live_subject.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <iostream>
#include <thread>

#include "core/host/host_environment.h"
#include "simulator/run/finished_run.h"
#include "simulator/run/subject_report_json.h"
#include "simulator/subject/ledger_observer.h"
#include "simulator/subject/load_driver.h"
#include "simulator/world/live/process_usage.h"

namespace holdfast::run {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(1);
constexpr Duration kSamplePeriod = std::chrono::milliseconds(50);
constexpr Duration kOpenWithin = std::chrono::seconds(10);  // a faulty disk may refuse at first
constexpr Duration kCloseWithin = std::chrono::seconds(5);

// What the tracker may take of the kernel at most: two workers beside its shippers; a connection for
// each shipper (two while one is being replaced, and libcurl's wake-up pair), the segment written, one
// read, the lock, a directory. Where it keeps a usage file: a worker, a lock in each location, a file
// and its directory, a segment of a killed life.
constexpr std::uint64_t kWorkersBesideShippers = 2;
constexpr std::uint64_t kDescriptorsPerShipper = 4;
constexpr std::uint64_t kDescriptorsOfSpool = 4;
constexpr std::uint64_t kWorkersOfUsage = 1;
constexpr std::uint64_t kDescriptorsOfUsage = 6;

// Threads and descriptors while the tracker runs, against what the process had without it.
class UsageSampler {
 public:
  explicit UsageSampler(const Options& options) {
    const auto without = world::process_usage();
    const std::uint64_t shippers = options.delivery.shippers;
    const std::uint64_t usage = options.usage.directory.empty() ? 0 : 1;
    threads_ = {.what = "threads",
                .highest = 0,
                .limit = without.threads + kWorkersBesideShippers + shippers + usage * kWorkersOfUsage};
    descriptors_ = {.what = "descriptors",
                    .highest = 0,
                    .limit = without.descriptors + kDescriptorsPerShipper * shippers + kDescriptorsOfSpool +
                             usage * kDescriptorsOfUsage};
  }
  // `harness_threads`: those that the load driver runs, which are not the tracker's.
  void sample(std::uint64_t harness_threads) {
    const auto now = world::process_usage();
    threads_.highest = std::max(threads_.highest, now.threads - std::min(now.threads, harness_threads));
    descriptors_.highest = std::max(descriptors_.highest, now.descriptors);
  }
  void add_to(std::vector<oracle::Bound>& bounds) const {
    bounds.insert(bounds.end(), {threads_, descriptors_});
  }

 private:
  oracle::Bound threads_;
  oracle::Bound descriptors_;
};

// Claims go out line by line, past any buffer, so that a kill loses none.
class ClaimsLog {
 public:
  static Result<ClaimsLog> open(const std::string& path, std::string mount) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (descriptor < 0) return fail(error_of_errno(errno, "open " + path));
    return ClaimsLog(descriptor, std::move(mount));
  }

  void write(Time now, const DurableClaim& claim) const {
    std::string_view path = claim.path;
    if (path.starts_with(mount_)) path.remove_prefix(mount_.size() + 1);
    const std::string line = std::to_string(nanoseconds(now)) + " " + std::string(path) + " " +
                             std::to_string(claim.begin) + " " + std::to_string(claim.end) + "\n";
    // A claim that cannot be told is one the oracle cannot check: nothing better to do than stop.
    if (::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
  }

 private:
  ClaimsLog(int descriptor, std::string mount) : descriptor_(descriptor), mount_(std::move(mount)) {}
  int descriptor_;  // closed with the process
  std::string mount_;
};

bool input_ended() {
  char byte;
  return ::read(STDIN_FILENO, &byte, 1) <= 0;
}

Status open_subject(subject::Subject& subject, const Environment& env) {
  const Time deadline = env.clock.now() + kOpenWithin;
  for (;;) {
    auto started = subject.start();
    if (started || env.clock.now() >= deadline) return started;
    env.scheduler.sleep_until(env.clock.now() + 20 * kLook);
  }
}

void say_ready() {
  constexpr std::string_view kReady = "ready\n";
  (void)!::write(STDOUT_FILENO, kReady.data(), kReady.size());
}

}  // namespace

Status run_live_subject(const LiveSubjectSpec& spec) {
  ::prctl(PR_SET_TIMERSLACK, 1000);  // pauses of a closed loop are fractions of a millisecond
  auto ledger = oracle::Ledger::open_file(spec.ledger);
  if (!ledger) return fail(ledger.error());
  auto claims = ClaimsLog::open(spec.claims, spec.mount);
  if (!claims) return fail(claims.error());
  auto schedule = load::make_schedule(spec.scenario, spec.seed);
  if (!schedule) return fail(schedule.error());

  const auto& options = spec.scenario.subject.options;
  host::HostEnvironment host(options.delivery.endpoint, hash_name("subject", spec.seed + spec.incarnation));
  const Environment env = host.environment();
  // The observer counts from the run's start, which a first life learns only after it is ready.
  Time start = from_nanoseconds((*ledger)->start_ns());
  subject::LedgerObserver observer(**ledger, start,
                                   [&](Time now, const DurableClaim& claim) { claims->write(now, claim); });
  UsageSampler usage(options);
  auto subject = subject::make_subject(env, spec.scenario.subject, observer);
  if (auto opened = open_subject(*subject, env); !opened) return opened;
  say_ready();
  while ((*ledger)->start_ns() == 0) env.scheduler.sleep_until(env.clock.now() + kLook);
  start = from_nanoseconds((*ledger)->start_ns());
  observer.set_start(start);

  subject::LoadDriver driver(env,
                             {.load = spec.scenario.load,
                              .seed = spec.seed,
                              .incarnation = spec.incarnation,
                              .spin_short_pauses = spec.scenario.load.arrival == scenario::Arrival::closed},
                             *schedule, **ledger, *subject);
  std::atomic<bool> stop{false};
  std::thread control([&] {
    while (!input_ended()) {
    }
    stop.store(true);
    driver.cancel();
  });
  auto load = env.scheduler.spawn("load", [&] { driver.run(start, start + spec.scenario.length()); });

  BoundsSampler sampler(spec.scenario);
  while (!stop.load()) {
    if (auto stats = subject->stats()) sampler.sample(*stats);
    usage.sample(spec.scenario.load.producers + 2);  // and the driver's own, and the one that reads the input
    env.scheduler.sleep_until(env.clock.now() + kSamplePeriod);
  }
  control.join();
  load->join(kNever);
  SubjectReport report;
  if (auto stopped = subject->stop(kCloseWithin); !stopped) std::cerr << stopped.error().message << "\n";
  report.stats = subject->stats();
  // Records left for the next life are no reason to doubt the books; a worker left behind is.
  report.closed = !report.stats || report.stats->detached_workers == 0;
  if (report.stats) {
    report.bounds = sampler.bounds();
    usage.add_to(report.bounds);
  }
  report.breaker = observer.breaker_changes();
  report.allocations = driver.allocations();
  report.exceptions = driver.exceptions();
  return write_report(spec.report, report);
}

}  // namespace holdfast::run
