#include "simulator/run/virtual_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/oracle/intervals.h"
#include "simulator/run/fault_lines_json.h"
#include "simulator/run/spool_files.h"
#include "simulator/scenario/live_only.h"
#include "simulator/subject/ledger_observer.h"
#include "simulator/subject/load_driver.h"
#include "simulator/subject/watched_transport.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::run {
namespace {

constexpr Duration kSamplePeriod = std::chrono::milliseconds(100);
constexpr Duration kAfterDeadline = std::chrono::seconds(60);  // a close() that takes longer hangs

const std::string kMountRoot = "/mnt";

class VirtualRun {
 public:
  VirtualRun(const scenario::Scenario& scenario, std::uint64_t seed, load::Schedule schedule,
             OnProgress progress)
      : schedule_(std::move(schedule)),
        progress_(std::move(progress)),
        finished_(std::make_unique<FinishedRun>(
            oracle::Ledger::in_memory(ledger_capacity(scenario, schedule_)), scenario, seed)),
        record_(finished_->record),
        injector_(seed, [this](const faultfs::FaultEvent& event) { note_fault(event); }),
        model_(
            scenario.upstream, seed,
            [this](Time now, const RequestElement& element, bool duplicate) {
              note_delivery(*finished_->ledger, now - start_, element, duplicate);
            },
            [this](const upstream::UpstreamEvent& event) { note_fault(event); },
            [this](Time now, auto elements) { record_.attempts->note(now - start_, elements); }),
        world_({.seed = seed,
                .disk_latency = scenario.disk.latency,
                .disk_capacity = scenario.disk.capacity,
                .mount_root = kMountRoot},
               injector_, model_),
        node_(world_.environment()),
        transport_(node_.transport),
        env_{node_.clock, node_.scheduler, node_.files, transport_, node_.random, node_.log},
        observer_(*finished_->ledger, start_,
                  [this](Time now, const DurableClaim& claim) { audit(now, claim); }),
        sampler_(scenario),
        spool_files_(scenario) {
    record_.attempts.emplace(scenario.recovery_window(), finished_->ledger->capacity());
    fill_intended(*finished_->ledger, schedule_);
    record_.scenario.subject.place(kMountRoot, "http://virtual");
  }

  Result<std::unique_ptr<FinishedRun>> run() {
    plan_phases();
    sample_at(start_);
    Status status;
    auto main = env_.scheduler.spawn("main", [&] { status = play(); });
    const Time latest = start_ + drain_deadline() + kCloseWithin + kAfterDeadline;
    if (!world_.run_until_done(*main, latest)) give_up_on_subject();
    if (!status) return fail(status.error());
    conclude();
    return std::move(finished_);
  }

 private:
  // What its abandoned fibers own on their stacks, and the subject itself, cannot be destroyed any more.
  void give_up_on_subject() {
    finished_->note = "the subject hangs: it did not close";
    record_.isolation = oracle::Isolation{.died = true};
    record_.length = world_.clock().now() - start_;
    (void)subject_.release();
  }

  Duration drain_deadline() const {
    const auto windows = oracle::planned_windows(record_.scenario);
    const Duration healed = windows.empty() ? Duration{0} : windows.back().to;
    return std::max(record_.scenario.length(), healed + record_.scenario.limits.drain);
  }

  void plan_phases() {
    Duration at{0};
    for (const auto& phase : record_.scenario.phases) {
      world_.at(start_ + at, [this, &phase] {
        const Time now = world_.clock().now();
        injector_.arm(phase.disk, now);
        model_.arm(phase.upstream, now);
      });
      const Time began = start_ + at;
      for (const auto& turn : scenario::turns_of(phase.process, phase.length))
        world_.at(began + turn.at, [this, turn, began] { act(turn, began); });
      at += phase.length;
    }
    world_.at(start_ + at, [this] {
      injector_.heal(world_.clock().now());
      model_.heal(world_.clock().now());
    });
  }

  // Of those that VIRTUAL plays (scenario/live_only.h).
  void act(const scenario::Turn& turn, Time phase_start) {
    const auto& event = *turn.event;
    if (turn.begins) ++record_.fired[event.name];
    if (event.action == scenario::ProcessAction::clock_jump)
      world_.shift_wall(turn.begins ? event.shift : Duration{0});
    else if (turn.begins)
      world_.pause(env_, phase_start + turn.span.to);
  }

  void sample_at(Time when) {
    world_.at(when, [this] {
      if (subject_)
        if (auto stats = subject_->stats()) sampler_.sample(*stats);
      spool_files_.sample(segments_below(world_.disk(), kMountRoot));
      const Time now = world_.clock().now();
      if (progress_) progress_(now - start_, *finished_->ledger);
      if (!ended_) sample_at(now + kSamplePeriod);
    });
  }

  // The life of the subject, on a fiber of its node.
  Status play() {
    subject_ = subject::make_subject(env_, record_.scenario.subject, observer_);
    if (auto started = subject_->start(); !started) return started;
    subject::LoadDriver driver(env_,
                               {.load = record_.scenario.load,
                                .seed = record_.seed,
                                .after_call = [this] { world::VirtualWorld::ring_filled(env_); }},
                               schedule_, *finished_->ledger, *subject_);
    driver.run(start_, start_ + record_.scenario.length());
    wait_for_drain();
    if (auto stopped = subject_->stop(kCloseWithin); !stopped) finished_->note = stopped.error().message;
    record_.stats = subject_->stats();
    record_.closed = !record_.stats || record_.stats->detached_workers == 0;
    ended_ = true;
    subject_.reset();
    return record_.core() ? read_disk(env_.files, record_) : Status{};
  }

  void wait_for_drain() {
    const Time deadline = start_ + drain_deadline();
    const Time load_end = start_ + record_.scenario.length();
    for (Time now = env_.clock.now(); now < deadline; now = env_.clock.now()) {
      if (now >= load_end && subject_->drained()) break;
      env_.scheduler.sleep_until(std::min(deadline, std::max(load_end, now + kSamplePeriod)));
    }
    record_.length = env_.clock.now() - start_;
  }

  void audit(Time now, const DurableClaim& claim) {
    ++record_.claims.checked;
    const std::string path(claim.path);
    record_.frames.push_back({path.substr(kMountRoot.size() + 1),
                              claim.begin,
                              {claim.references.begin(), claim.references.end()},
                              {claim.ends.begin(), claim.ends.end()}});
    if (world_.disk().durable(path, claim.begin, claim.end)) return;
    record_.claims.failed.push_back(
        {.path = path,
         .begin = claim.begin,
         .end = claim.end,
         .at = now - start_,
         .reason = "a power cut at that instant would lose these bytes or their name"});
  }

  void note_fault(const faultfs::FaultEvent& event) {
    disk_faults_ += faultfs::to_json_line(event, start_) + "\n";
    for (const auto& hit : event.damaged())
      record_.damage.push_back({event.path, hit.offset, hit.offset + hit.size});
  }
  void note_fault(const upstream::UpstreamEvent& event) {
    finished_->fault_lines.push_back(upstream_fault_line(event, start_));
  }

  void conclude() {
    finished_->fault_lines = merge_fault_lines(disk_faults_, 0, std::move(finished_->fault_lines));
    record_.trace_hash = fmt::format("{:016x}", world_.trace_hash());
    record_.windows = oracle::planned_windows(record_.scenario);
    record_.upstream = {.requests = model_.requests(), .known_keys = model_.known_keys()};
    record_.breaker = observer_.breaker_changes();
    if (record_.core()) record_.bounds = bounds();
    for (const auto& phase : record_.scenario.phases) {
      for (const auto& rule : phase.disk.rules) record_.fired[rule.name] = injector_.fired(rule.name);
      for (const auto& rule : phase.upstream) record_.fired[rule.name] = model_.fired(rule.name);
    }
  }

  std::vector<oracle::Bound> bounds() const {
    auto all = sampler_.bounds();
    all.push_back(in_flight_bound(record_.scenario, transport_));
    all.push_back(spool_files_.bound());
    return all;
  }

  const Time start_ = world::VirtualWorld::start();
  load::Schedule schedule_;
  OnProgress progress_;
  std::unique_ptr<FinishedRun> finished_;
  oracle::RunRecord& record_;
  faultfs::Injector injector_;
  upstream::UpstreamModel model_;
  world::VirtualWorld world_;
  Environment node_;  // what the world gives
  subject::WatchedTransport transport_;
  Environment env_;  // what the subject gets
  subject::LedgerObserver observer_;
  BoundsSampler sampler_;
  SpoolFiles spool_files_;
  std::unique_ptr<subject::Subject> subject_;
  std::string disk_faults_;  // JSON lines
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<FinishedRun>> run_virtual(const scenario::Scenario& scenario, std::uint64_t seed,
                                                 const OnProgress& progress) {
  if (const auto why = scenario::why_live_only(scenario); !why.empty())
    return fail(Code::invalid, scenario.file + ": this is played LIVE only, since " + why + "; add --live");
  auto schedule = load::make_schedule(scenario, seed);
  if (!schedule) return fail(schedule.error());
  return VirtualRun(scenario, seed, std::move(*schedule), progress).run();
}

}  // namespace holdfast::run
