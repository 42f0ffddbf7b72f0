#include "simulator/run/live_subject.h"

#include <signal.h>
#include <sys/prctl.h>

#include <algorithm>
#include <iostream>
#include <optional>

#include "core/host/host_environment.h"
#include "simulator/run/claims_log.h"
#include "simulator/run/finished_run.h"
#include "simulator/run/process_sampler.h"
#include "simulator/run/subject_orders.h"
#include "simulator/run/subject_report_json.h"
#include "simulator/subject/ledger_observer.h"
#include "simulator/subject/load_driver.h"
#include "simulator/subject/watched_transport.h"
#include "simulator/world/live/host_stream.h"
#include "simulator/world/live/process_usage.h"

namespace holdfast::run {
namespace {

constexpr Duration kOrderLook = std::chrono::milliseconds(1);
constexpr Duration kProcessPeriod = std::chrono::milliseconds(50);
constexpr Duration kHostAlone = std::chrono::seconds(1);  // before the tracker opens, and after it closed

class LiveSubject {
 public:
  LiveSubject(const LiveSubjectSpec& spec, oracle::Ledger& ledger, ClaimsLog claims, load::Schedule schedule)
      : spec_(spec),
        ledger_(ledger),
        claims_(std::move(claims)),
        schedule_(std::move(schedule)),
        orders_(clock_),
        host_(spec.scenario.subject.options.delivery.endpoint,
              hash_name("subject", spec.seed + spec.incarnation)),
        transport_(host_.environment().transport),
        env_(environment()),
        observer_(ledger, from_nanoseconds(ledger.start_ns()),
                  [this](Time now, const DurableClaim& claim) { claims_.write(now, claim); }) {}

  Status run() {
    if (spec_.scenario.host) {
      stream_.emplace(spec_.scenario.host->task);
      stream_->run_alone(kHostAlone);
    }
    ProcessSampler process(spec_.scenario.subject.options);
    subject_ = subject::make_subject(env_, spec_.scenario.subject, observer_);
    if (auto opened = open(); !opened) return opened;
    orders_.say_ready();
    const Time start = await_start();
    subject::LoadDriver driver(env_, driver_settings(), schedule_, ledger_, *subject_);
    if (stream_) stream_->begin(start, spec_.scenario.length(), driver.due_calls(0, start));
    auto load = env_.scheduler.spawn("load", [&] { driver.run(start, start + spec_.scenario.length()); });
    BoundsSampler sampler(spec_.scenario);
    const Status health = watch(sampler, process);
    driver.cancel();
    subject_->interrupt();
    load->join(kNever);
    if (stream_) stream_->end();
    if (!health) return health;
    return finish(driver, sampler, process);
  }

 private:
  // The real machine, but for the wall clock, and with its requests counted.
  Environment environment() {
    const Environment real = host_.environment();
    return {.clock = clock_,
            .scheduler = real.scheduler,
            .files = real.files,
            .transport = transport_,
            .random = real.random,
            .log = real.log};
  }

  Status open() {
    const Time deadline = env_.clock.now() + kOpenWithin;
    for (;;) {
      auto started = subject_->start();
      if (started || env_.clock.now() >= deadline) return started;
      pause(20 * kOrderLook);
    }
  }

  void pause(Duration length) { env_.scheduler.sleep_until(env_.clock.now() + length); }

  // A first life learns the run's start only after it is ready.
  Time await_start() {
    while (ledger_.start_ns() == 0 && !orders_.stop_asked()) pause(kOrderLook);
    const Time start = from_nanoseconds(ledger_.start_ns());
    observer_.set_start(start);
    return start;
  }

  subject::LoadDriver::Settings driver_settings() const {
    return {.load = spec_.scenario.load,
            .seed = spec_.seed,
            .incarnation = spec_.incarnation,
            .goes_on = spec_.incarnation > 0,
            .first_producer = stream_ ? 1U : 0U,  // the stream records its own usage
            .after_call = {},
            .spin_short_pauses = spec_.scenario.load.arrival == scenario::Arrival::closed,
            .lost_processor = world::lost_processor_count};
  }

  // Until it should stop, or the subject has ended by itself.
  Status watch(BoundsSampler& sampler, ProcessSampler& process) {
    const std::uint64_t harness_threads = spec_.scenario.load.producers + 1 + (stream_ ? 1 : 0);
    while (!orders_.stop_asked()) {
      if (auto health = subject_->health(); !health) return health;
      if (auto stats = subject_->stats()) sampler.sample(*stats);
      process.sample(harness_threads);
      pause(kProcessPeriod);
    }
    return {};
  }

  Status finish(const subject::LoadDriver& driver, const BoundsSampler& sampler,
                const ProcessSampler& process) {
    SubjectReport report;
    const auto stopped = subject_->stop(kCloseWithin);
    if (!stopped) std::cerr << stopped.error().message << "\n";
    report.stats = subject_->stats();
    // Records left for the next life are no reason to doubt the books; a worker left behind is.
    report.closed = !report.stats || report.stats->detached_workers == 0;
    if (report.stats) {
      report.bounds = sampler.bounds();
      process.add_to(report.bounds);
      report.bounds.push_back(in_flight_bound(spec_.scenario, transport_));
    }
    report.breaker = observer_.breaker_changes();
    report.allocations = driver.allocations();
    report.exceptions = driver.exceptions();
    if (stream_) stream_->run_alone(kHostAlone);
    if (stream_) report.host = stream_->task();
    if (auto written = write_report(spec_.report, report); !written) return written;
    const bool another_program = spec_.scenario.subject.kind == scenario::SubjectKind::command;
    return another_program ? stopped : Status{};  // it should have ended well
  }

  const LiveSubjectSpec& spec_;
  oracle::Ledger& ledger_;
  const ClaimsLog claims_;
  const load::Schedule schedule_;
  world::JumpingClock clock_;
  SubjectOrders orders_;
  host::HostEnvironment host_;
  subject::WatchedTransport transport_;
  Environment env_;
  subject::LedgerObserver observer_;
  std::optional<world::HostStream> stream_;
  std::unique_ptr<subject::Subject> subject_;
};

}  // namespace

Status run_live_subject(const LiveSubjectSpec& spec) {
  ::prctl(PR_SET_TIMERSLACK, 1000);  // pauses of a closed loop are fractions of a millisecond
  // The end of input cannot reach a process that is stopped; the harness' own end must.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  auto ledger = oracle::Ledger::open_file(spec.ledger);
  if (!ledger) return fail(ledger.error());
  auto claims = ClaimsLog::open(spec.claims, spec.mount);
  if (!claims) return fail(claims.error());
  auto schedule = load::make_schedule(spec.scenario, spec.seed);
  if (!schedule) return fail(schedule.error());
  return LiveSubject(spec, **ledger, std::move(*claims), std::move(*schedule)).run();
}

}  // namespace holdfast::run
