#include "simulator/run/live_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <thread>

#include "core/host/posix_file_system.h"
#include "core/host/system_clock.h"
#include "faultfs/control/scratch_directory.h"
#include "simulator/oracle/intervals.h"
#include "simulator/oracle/result_files.h"
#include "simulator/run/fault_lines_json.h"
#include "simulator/run/live_evidence.h"
#include "simulator/run/spool_files.h"
#include "simulator/run/subject_lives.h"
#include "simulator/run/timetable.h"
#include "simulator/scenario/resolved_json.h"
#include "simulator/scenario/text_file.h"
#include "simulator/scenario/virtual_only.h"
#include "simulator/upstream/http/http_server.h"
#include "simulator/world/live/live_mount.h"

namespace holdfast::run {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLook = std::chrono::milliseconds(2);
constexpr Duration kProgressPeriod = std::chrono::milliseconds(200);
constexpr Duration kLatestArming = std::chrono::milliseconds(250);  // measures count on the planned windows
constexpr Duration kHeadStart = std::chrono::milliseconds(100);     // between "ready" and the first arrival

class LiveRun {
 public:
  LiveRun(const scenario::Scenario& scenario, std::uint64_t seed, const LiveSettings& settings,
          const std::atomic<bool>& interrupted, const OnProgress& progress)
      : scenario_(scenario),
        seed_(seed),
        settings_(settings),
        interrupted_(interrupted),
        progress_(progress),
        spool_files_(scenario),
        cuts_(power_cut_seeds(seed)) {}

  Result<std::unique_ptr<FinishedRun>> run() {
    if (auto ready = prepare(); !ready) return fail(ready.error());
    if (auto begun = lives_->begin(); !begun) return fail(begun.error());
    start_ = clock_.now() + kHeadStart;
    finished_->ledger->set_start_ns(nanoseconds(start_));
    plan();
    if (auto played = play(); !played) return fail(played.error());
    if (auto healed = heal(); !healed) return fail(healed.error());
    record_->interrupted = interrupted_.load();
    if (!record_->interrupted) wait_for_drain();
    record_->length = since_start();
    return conclude();
  }

 private:
  Duration since_start() const { return clock_.now() - start_.load(); }

  Status prepare() {
    auto schedule = load::make_schedule(scenario_, seed_);
    if (!schedule) return fail(schedule.error());
    if (auto made = make_scratch(); !made) return made;
    auto ledger = oracle::Ledger::create_file(*scratch_ / "ledger", ledger_capacity(scenario_, *schedule));
    if (!ledger) return fail(ledger.error());
    finished_ = std::make_unique<FinishedRun>(std::move(*ledger), scenario_, seed_);
    record_ = &finished_->record;
    record_->live = true;
    record_->attempts.emplace(scenario_.recovery_window(), finished_->ledger->capacity());
    fill_intended(*finished_->ledger, *schedule);
    if (auto mounted = mount(); !mounted) return mounted;
    if (auto serving = serve(); !serving) return serving;
    return prepare_subject();
  }

  Status make_scratch() {
    auto scratch = faultfs::ScratchDirectory::make(settings_.scratch + "/holdfast-");
    if (!scratch) return fail(scratch.error());
    scratch_.emplace(*std::move(scratch));
    std::error_code problem;
    for (const char* name : {"backing", "mount", "logs"})
      if (!problem) fs::create_directory(*scratch_ / name, problem);
    return problem ? fail(error_of_errno(problem.value(), "make a directory in " + scratch_->path()))
                   : Status{};
  }

  Status mount() {
    auto mount = world::LiveMount::start({.faultfs_program = settings_.faultfs_program,
                                          .backing_dir = *scratch_ / "backing",
                                          .mountpoint = *scratch_ / "mount",
                                          .log_dir = *scratch_ / "logs",
                                          .seed = seed_,
                                          .power_cut = may_be_cut()});
    if (!mount) return fail(mount.error());
    mount_ = std::move(*mount);
    return {};
  }

  // Keeping the account of what is un-synced is not for nothing.
  bool may_be_cut() const {
    return std::ranges::any_of(scenario_.phases, [](const scenario::Phase& phase) {
      return std::ranges::any_of(phase.process, [](const scenario::ProcessEvent& event) {
        return event.action == scenario::ProcessAction::power_cut;
      });
    });
  }

  Status serve() {
    model_.emplace(
        scenario_.upstream, seed_,
        [this](Time now, const RequestElement& element, bool duplicate) {
          note_delivery(*finished_->ledger, now - start_.load(), element, duplicate);
        },
        [this](const upstream::UpstreamEvent& event) {
          finished_->fault_lines.push_back(upstream_fault_line(event, start_));
        },
        [this](Time now, auto elements) { record_->attempts->note(now - start_.load(), elements); });
    auto server = upstream::HttpServer::start(*model_, {.wakeful = true});
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    return {};
  }

  Status prepare_subject() {
    record_->scenario.subject.place(*scratch_ / "mount", server_->url());
    lives_ = std::make_unique<SubjectLives>(
        SubjectLives::Settings{.command = [this](std::uint16_t incarnation) { return command(incarnation); },
                               .log = *scratch_ / "logs/subject.log",
                               .report = *scratch_ / "report.json"},
        *record_);
    return oracle::write_whole_file(*scratch_ / "scenario.json", scenario::resolved_json(scenario_));
  }

  std::vector<std::string> command(std::uint16_t incarnation) const {
    std::vector<std::string> words{settings_.holdfast_program,
                                   "subject",
                                   *scratch_ / "scenario.json",
                                   "--seed",
                                   std::to_string(seed_),
                                   "--incarnation",
                                   std::to_string(incarnation),
                                   "--mount",
                                   *scratch_ / "mount",
                                   "--endpoint",
                                   server_->url(),
                                   "--ledger",
                                   *scratch_ / "ledger",
                                   "--claims",
                                   *scratch_ / "claims",
                                   "--report",
                                   *scratch_ / "report.json"};
    if (scenario_.subject.kind == scenario::SubjectKind::command)
      words.insert(words.end(), {"--command-directory", fs::absolute(command_directory()).string()});
    if (!scenario_.load.trace.empty())
      words.insert(words.end(), {"--set", "load.trace=" + fs::absolute(scenario_.load.trace).string()});
    return words;
  }

  fs::path command_directory() const {
    const std::string& directory = scenario_.subject.command_directory;
    return directory.empty() ? "." : directory;
  }

  // Lays out what happens when: each phase arms its faults, process events fall where they say.
  void plan() {
    Duration at{0};
    for (const auto& phase : scenario_.phases) {
      timetable_.add(at, [this, &phase, at] { return arm(phase, at); });
      for (const auto& turn : scenario::turns_of(phase.process, phase.length))
        timetable_.add(at + turn.at,
                       [this, turn] { return turn.begins ? befall(*turn.event) : relieve(*turn.event); });
      at += phase.length;
    }
  }

  Status befall(const scenario::ProcessEvent& event) {
    switch (event.action) {
      case scenario::ProcessAction::kill: lives_->kill(since_start()); break;
      case scenario::ProcessAction::power_cut:
        lives_->kill(since_start());
        if (auto cut = mount_->cut_power(cuts_.next()); !cut) return cut;
        break;
      case scenario::ProcessAction::restart: lives_->ask_to_stop(since_start()); break;
      case scenario::ProcessAction::pause: lives_->pause(); break;
      case scenario::ProcessAction::clock_jump: lives_->shift_wall(event.shift, event.name); return {};
    }
    ++record_->fired[event.name];
    return {};
  }

  Status relieve(const scenario::ProcessEvent& event) {
    switch (event.action) {
      case scenario::ProcessAction::kill:
      case scenario::ProcessAction::power_cut:
      case scenario::ProcessAction::restart: return lives_->start_again();
      case scenario::ProcessAction::pause: lives_->resume(); break;
      case scenario::ProcessAction::clock_jump: lives_->shift_wall(Duration{0}, ""); break;
    }
    return {};
  }

  Status arm(const scenario::Phase& phase, Duration planned) {
    if (auto armed = phase.disk.rules.empty() ? mount_->heal() : mount_->arm(phase.disk); !armed)
      return armed;
    server_->arm(phase.upstream);
    const Duration late = since_start() - planned;
    if (late <= kLatestArming) return {};
    return fail(Code::timeout,
                fmt::format("phase \"{}\" began {} ms late: this machine is too busy to judge a LIVE run",
                            phase.name, late / std::chrono::milliseconds(1)));
  }

  Status heal() {
    server_->heal();
    return mount_->heal();
  }

  Status play() {
    const Duration length = scenario_.length();
    while (!interrupted_.load() && (since_start() < length || !timetable_.done())) {
      if (auto acted = timetable_.run_due(since_start()); !acted) return acted;
      lives_->watch();
      spool_files_.sample(segments_below(*scratch_ / "backing"));
      show_progress();
      pause(std::clamp(timetable_.next(length) - since_start(), Duration{0}, kProgressPeriod));
    }
    return {};
  }

  void wait_for_drain() {
    const Duration deadline = std::max(scenario_.length(), last_fault_end() + scenario_.limits.drain);
    while (!interrupted_.load() && !lives_->died() && since_start() < deadline && !drained()) {
      lives_->watch();
      show_progress();
      pause(10 * kLook);
    }
  }

  Duration last_fault_end() const {
    const auto windows = oracle::planned_windows(scenario_);
    return windows.empty() ? Duration{0} : windows.back().to;
  }

  // Everything accepted has been delivered or counted as dropped, as far as the ledger knows.
  bool drained() const {
    const auto& ledger = *finished_->ledger;
    for (std::uint64_t i = ledger.size(); i-- > 0;) {
      const auto& entry = ledger.entry(i);
      const bool accepted = entry.outcome.load() == oracle::CallOutcome::accepted;
      if (accepted && entry.delivered_ns.load() == 0 && entry.dropped.load() == DropReason::none &&
          !lost_with_a_kill(entry))
        return false;
    }
    return true;
  }

  // Accepted by a life that was killed before it could claim the record durable. Another program may
  // keep records without a claim, so nothing of it is given up early.
  bool lost_with_a_kill(const oracle::LedgerEntry& entry) const {
    if (!record_->core() && !record_->control()) return false;
    return entry.incarnation.load() < lives_->incarnation() && entry.durable_ns.load() == 0;
  }

  void pause(Duration length) const { std::this_thread::sleep_for(std::max(kLook, length)); }

  void show_progress() {
    if (!progress_ || since_start() < progress_due_) return;
    progress_due_ = since_start() + kProgressPeriod;
    progress_(since_start(), *finished_->ledger);
  }

  Result<std::unique_ptr<FinishedRun>> conclude() {
    finished_->note = lives_->end();
    if (record_->stats) record_->bounds.push_back(spool_files_.bound());
    finished_->subject_log = scenario::read_text_file(*scratch_ / "logs/subject.log").value_or("");
    server_->stop();  // nothing is applied any more
    record_->upstream = {.requests = model_->requests(), .known_keys = model_->known_keys()};
    for (const auto& phase : scenario_.phases)
      for (const auto& rule : phase.upstream) record_->fired[rule.name] = model_->fired(rule.name);
    if (record_->core()) {  // through the mount, as the subject would find it
      host::PosixFileSystem files;
      if (auto read = read_disk(files, record_->scenario.subject, *record_); !read) return fail(read.error());
    }
    const std::string fault_log = mount_->fault_log(), sync_log = mount_->sync_log();
    if (auto stopped = mount_->stop(); !stopped) return fail(stopped.error());
    const LiveLogs logs{.faults = scenario::read_text_file(fault_log).value_or(""),
                        .syncs = scenario::read_text_file(sync_log).value_or(""),
                        .claims = scenario::read_text_file(*scratch_ / "claims").value_or("")};
    if (auto audited = audit_logs(*finished_, logs); !audited) return fail(audited.error());
    record_->windows = windows_that_were(*record_);
    return std::move(finished_);
  }

  const scenario::Scenario& scenario_;
  const std::uint64_t seed_;
  const LiveSettings& settings_;
  const std::atomic<bool>& interrupted_;
  const OnProgress& progress_;
  SpoolFiles spool_files_;
  RandomStream cuts_;

  host::SystemClock clock_;
  std::optional<faultfs::ScratchDirectory> scratch_;
  std::unique_ptr<FinishedRun> finished_;
  oracle::RunRecord* record_ = nullptr;
  std::atomic<Time> start_{};
  std::optional<upstream::UpstreamModel> model_;
  std::unique_ptr<upstream::HttpServer> server_;
  std::unique_ptr<world::LiveMount> mount_;
  std::unique_ptr<SubjectLives> lives_;  // goes before what it uses
  Timetable timetable_;
  Duration progress_due_{0};
};

}  // namespace

Result<std::unique_ptr<FinishedRun>> run_live(const scenario::Scenario& scenario, std::uint64_t seed,
                                              const LiveSettings& settings,
                                              const std::atomic<bool>& interrupted,
                                              const OnProgress& progress) {
  if (const auto why = scenario::why_virtual_only(scenario); !why.empty())
    return fail(Code::invalid,
                scenario.file + ": this is played in VIRTUAL only, since " + why + "; leave --live out");
  if (auto available = world::LiveMount::available(); !available) return fail(available.error());
  return LiveRun(scenario, seed, settings, interrupted, progress).run();
}

}  // namespace holdfast::run
