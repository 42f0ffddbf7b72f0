#include "simulator/run/virtual_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/oracle/intervals.h"
#include "simulator/run/fault_lines_json.h"
#include "simulator/run/spool_files.h"
#include "simulator/run/virtual_fleet.h"
#include "simulator/scenario/live_only.h"
#include "simulator/scenario/names.h"

namespace holdfast::run {
namespace {

constexpr Duration kSamplePeriod = std::chrono::milliseconds(100);
constexpr Duration kAfterDeadline = std::chrono::seconds(60);  // a close() that takes longer hangs

std::uint64_t records_of(const scenario::Scenario& scenario, const std::vector<load::Schedule>& schedules) {
  std::uint64_t records = 0;
  for (const auto& schedule : schedules) records += ledger_capacity(scenario, schedule);
  return records;
}

class VirtualRun {
 public:
  VirtualRun(const scenario::Scenario& scenario, std::uint64_t seed, std::vector<load::Schedule> schedules,
             OnProgress progress, OnTrace trace)
      : progress_(std::move(progress)),
        trace_(std::move(trace)),
        finished_(std::make_unique<FinishedRun>(oracle::Ledger::in_memory(records_of(scenario, schedules)),
                                                scenario, seed)),
        record_(finished_->record),
        injector_(seed, [this](const faultfs::FaultEvent& event) { note_fault(event); }),
        model_(
            scenario.upstream, seed,
            [this](Time now, const RequestElement& element, bool duplicate) {
              note_delivery(*finished_->ledger, now - start_, element, duplicate);
              if (trace_)
                tell(now, "delivery", fmt::format("record {}", element.reference),
                     duplicate ? "duplicate" : "");
            },
            [this](const upstream::UpstreamEvent& event) { note_fault(event); },
            [this](Time now, auto elements) { note_attempt(now - start_, elements); }),
        world_({.seed = seed,
                .disk_latency = scenario.disk.latency,
                .disk_capacity = scenario.disk.capacity,
                .mount_root = VirtualFleet::kMountRoot},
               injector_, model_),
        fleet_(
            world_, std::move(schedules), *finished_,
            [this](Time now, const DurableClaim& claim) { audit(now, claim); },
            [this](Time now, BreakerState state) { note_breaker(now, state); }),
        spool_files_(scenario),
        cuts_(power_cut_seeds(seed)) {
    record_.attempts.emplace(scenario.recovery_window(), finished_->ledger->capacity());
    if (trace_) world_.listen([this](const world::TraceCall& call) { note_call(call); });
  }

  Result<std::unique_ptr<FinishedRun>> run() {
    if (auto made = fleet_.make_directories(); !made) return fail(made.error());
    start_ = world_.clock().now();
    plan_phases();
    sample_at(start_);
    fleet_.begin(start_);
    world_.run_until(start_ + record_.scenario.length());
    wait_for_drain();
    finished_->note = fleet_.end(world_.clock().now() + kCloseWithin + kAfterDeadline);
    ended_ = true;
    if (const auto failure = fleet_.failure()) return fail(*failure);
    if (record_.core())
      if (auto read = fleet_.read_disk(); !read) return fail(read.error());
    conclude();
    return std::move(finished_);
  }

 private:
  Duration drain_deadline() const {
    const auto windows = oracle::planned_windows(record_.scenario);
    const Duration healed = windows.empty() ? Duration{0} : windows.back().to;
    return std::max(record_.scenario.length(), healed + record_.scenario.limits.drain);
  }

  void plan_phases() {
    Duration at{0};
    for (const auto& phase : record_.scenario.phases) {
      world_.at(start_ + at, [this, &phase] { arm(phase); });
      const Time began = start_ + at;
      for (const auto& turn : scenario::turns_of(phase.process, phase.length))
        world_.at(began + turn.at, [this, turn, until = began + turn.span.to] {
          turn.begins ? begin(turn, until) : end(turn);
        });
      at += phase.length;
    }
    world_.at(start_ + at, [this] { heal(); });
  }

  void arm(const scenario::Phase& phase) {
    const Time now = world_.clock().now();
    injector_.arm(phase.disk, now);
    model_.arm(phase.upstream, now);
    phases_began_.push_back(world_.operations());
  }

  void heal() {
    injector_.heal(world_.clock().now());
    model_.heal(world_.clock().now());
    phases_began_.push_back(world_.operations());
  }

  void begin(const scenario::Turn& turn, Time until) {
    const auto& event = *turn.event;
    if (event.operation) return await_operation(event);
    befall(event, until);
  }

  // The span is the whole phase: what has not happened in it does not happen later, and whose down time would
  // last longer is back by then.
  void await_operation(const scenario::ProcessEvent& event) {
    world_.before_operation(world_.operations() + *event.operation, [this, &event] {
      befall(event, kNever);
      world_.at(world_.clock().now() + event.lasts,
                [this, down = fleet_.down()] { fleet_.start_again(down); });
    });
  }

  void befall(const scenario::ProcessEvent& event, Time until) {
    ++record_.fired[event.name];
    if (trace_) tell(world_.clock().now(), "process", event.name, std::string(to_string(event.action)));
    switch (event.action) {
      case scenario::ProcessAction::kill: fleet_.kill(event); break;
      case scenario::ProcessAction::power_cut: cut_power(event); break;
      case scenario::ProcessAction::restart: fleet_.ask_to_stop(event); break;
      case scenario::ProcessAction::pause: fleet_.pause(event, until); break;
      case scenario::ProcessAction::clock_jump: world_.shift_wall(event.shift); break;
    }
  }

  // It is everybody's.
  void cut_power(const scenario::ProcessEvent& event) {
    fleet_.kill(event);
    world_.power_cut(cuts_.next());
  }

  void end(const scenario::Turn& turn) {
    const auto& event = *turn.event;
    if (event.operation) {
      world_.before_operation(0, {});
      return fleet_.start_again(fleet_.down());
    }
    switch (event.action) {
      case scenario::ProcessAction::kill:
      case scenario::ProcessAction::power_cut:
      case scenario::ProcessAction::restart: fleet_.start_again(event); break;
      case scenario::ProcessAction::pause: break;  // it ends by itself
      case scenario::ProcessAction::clock_jump: world_.shift_wall(Duration{0}); break;
    }
  }

  void sample_at(Time when) {
    world_.at(when, [this] {
      fleet_.watch();
      spool_files_.sample(segments_below(world_.disk(), VirtualFleet::kMountRoot));
      const Time now = world_.clock().now();
      if (progress_) progress_(now - start_, *finished_->ledger);
      if (!ended_) sample_at(now + kSamplePeriod);
    });
  }

  void wait_for_drain() {
    const Time deadline = start_ + drain_deadline();
    for (Time now = world_.clock().now(); now < deadline && !fleet_.drained(); now = world_.clock().now())
      world_.run_until(std::min(deadline, now + kSamplePeriod));
    record_.length = world_.clock().now() - start_;
  }

  // A request is one tracker's.
  void note_attempt(Duration at, std::span<const RequestElement> elements) {
    record_.attempts->note(at, elements);
    if (record_.fleet.empty() || elements.empty()) return;
    record_.fleet[record_.tracker_of(elements.front().reference)].attempts.note(at, elements);
  }

  // A line of the trace that is no port call.
  void tell(Time now, const char* what, std::string about, std::string outcome) {
    trace_({.at = now - start_,
            .who = "",
            .what = what,
            .about = std::move(about),
            .outcome = std::move(outcome)});
  }
  void note_call(const world::TraceCall& call) {
    trace_({.at = call.time - start_,
            .node = call.node,
            .who = std::string(call.fiber_name),
            .what = std::string(to_string(call.call)),
            .about = std::string(call.what),
            .outcome = std::string(call.outcome),
            .hash = call.hash});
  }
  void note_breaker(Time now, BreakerState state) {
    if (!trace_) return;
    const char* const states[] = {"closed", "open", "half_open"};
    tell(now, "breaker", "", states[static_cast<std::size_t>(state)]);
  }

  void audit(Time now, const DurableClaim& claim) {
    ++record_.claims.checked;
    if (trace_)
      tell(now, "claim", fmt::format("{} [{}, {})", claim.path, claim.begin, claim.end),
           fmt::format("{} records durable", claim.references.size()));
    const std::string path(claim.path);
    record_.frames.push_back({path.substr(std::string_view(VirtualFleet::kMountRoot).size() + 1),
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
    if (trace_) tell(event.time, "fault", fmt::format("{}: {}", event.rule, event.path), event.decision);
    disk_faults_ += faultfs::to_json_line(event, start_) + "\n";
    for (const auto& hit : event.damaged())
      record_.damage.push_back({event.path, hit.offset, hit.offset + hit.size});
  }
  void note_fault(const upstream::UpstreamEvent& event) {
    if (trace_)
      tell(event.time, "fault", fmt::format("{}: batch {}", event.rule, event.batch), event.decision);
    finished_->fault_lines.push_back(upstream_fault_line(event, start_));
  }

  void conclude() {
    finished_->fault_lines = merge_fault_lines(disk_faults_, 0, std::move(finished_->fault_lines));
    record_.trace_hash = fmt::format("{:016x}", world_.trace_hash());
    record_.windows = oracle::planned_windows(record_.scenario);
    record_.upstream = {.requests = model_.requests(), .known_keys = model_.known_keys()};
    if (record_.core()) record_.bounds.push_back(spool_files_.bound());
    count_operations();
    for (const auto& phase : record_.scenario.phases) {
      for (const auto& rule : phase.disk.rules) record_.fired[rule.name] = injector_.fired(rule.name);
      for (const auto& rule : phase.upstream) record_.fired[rule.name] = model_.fired(rule.name);
    }
  }

  void count_operations() {
    finished_->operations = world_.operations();
    phases_began_.push_back(finished_->operations);
    for (std::size_t i = 1; i < phases_began_.size(); ++i)
      finished_->operations_in_phases.push_back(phases_began_[i] - phases_began_[i - 1]);
  }

  Time start_{};
  OnProgress progress_;
  OnTrace trace_;
  std::unique_ptr<FinishedRun> finished_;
  oracle::RunRecord& record_;
  faultfs::Injector injector_;
  upstream::UpstreamModel model_;
  world::VirtualWorld world_;
  VirtualFleet fleet_;
  SpoolFiles spool_files_;
  RandomStream cuts_;
  std::vector<std::uint64_t> phases_began_;  // at which operation
  std::string disk_faults_;                  // JSON lines
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<FinishedRun>> run_virtual(const scenario::Scenario& scenario, std::uint64_t seed,
                                                 const OnProgress& progress, const OnTrace& trace) {
  if (const auto why = scenario::why_live_only(scenario); !why.empty())
    return fail(Code::invalid, scenario.file + ": this is played LIVE only, since " + why + "; add --live");
  auto schedules = make_schedules(scenario, seed);
  if (!schedules) return fail(schedules.error());
  return VirtualRun(scenario, seed, std::move(*schedules), progress, trace).run();
}

}  // namespace holdfast::run
