#include "simulator/run/live_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

#include "core/host/posix_file_system.h"
#include "core/host/system_clock.h"
#include "core/ingest/record_frame.h"
#include "core/spool/inspect.h"
#include "simulator/oracle/intervals.h"
#include "simulator/oracle/result_files.h"
#include "simulator/oracle/sync_log.h"
#include "simulator/run/fault_lines_json.h"
#include "simulator/run/subject_report_json.h"
#include "simulator/scenario/resolved_json.h"
#include "simulator/upstream/http_server.h"
#include "simulator/world/live/live_mount.h"
#include "simulator/world/live/subject_process.h"

namespace holdfast::run {
namespace {

namespace fs = std::filesystem;

constexpr Duration kLook = std::chrono::milliseconds(2);
constexpr Duration kProgressPeriod = std::chrono::milliseconds(200);
constexpr Duration kReadyWithin = std::chrono::seconds(15);
constexpr Duration kCloseWithin = std::chrono::seconds(15);
constexpr Duration kLatestArming = std::chrono::milliseconds(250);  // measures count on the planned windows
constexpr Duration kHeadStart = std::chrono::milliseconds(100);     // between "ready" and the first arrival

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// A directory of its own that is removed at the end.
class Scratch {
 public:
  static Result<std::unique_ptr<Scratch>> make(const std::string& parent) {
    std::string pattern = parent + "/holdfast-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr)
      return fail(error_of_errno(errno, "make a directory in " + parent));
    auto scratch = std::unique_ptr<Scratch>(new Scratch(pattern));
    std::error_code problem;
    for (const char* name : {"backing", "mount", "logs"}) fs::create_directory(scratch->path(name), problem);
    if (problem) return fail(Code::io, pattern + ": " + problem.message());
    return scratch;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(directory_, ignored);
  }
  std::string path(const char* name) const { return directory_ + "/" + name; }

 private:
  explicit Scratch(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

// Something that happens at an instant of the run.
struct Happening {
  Duration at{0};
  std::function<Status()> act;
};

class LiveRun {
 public:
  LiveRun(const scenario::Scenario& scenario, std::uint64_t seed, const LiveSettings& settings,
          const std::atomic<bool>& interrupted, const OnProgress& progress)
      : scenario_(scenario),
        seed_(seed),
        settings_(settings),
        interrupted_(interrupted),
        progress_(progress) {}

  Result<std::unique_ptr<FinishedRun>> run() {
    if (auto ready = prepare(); !ready) return fail(ready.error());
    if (auto started = start_subject(); !started) return fail(started.error());
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
  std::string subject_log() const { return scratch_->path("logs") + "/subject.log"; }
  bool control() const { return scenario_.subject.kind != scenario::SubjectKind::holdfast; }

  Status prepare() {
    auto schedule = load::make_schedule(scenario_, seed_);
    if (!schedule) return fail(schedule.error());
    auto scratch = Scratch::make(settings_.scratch);
    if (!scratch) return fail(scratch.error());
    scratch_ = std::move(*scratch);
    auto ledger =
        oracle::Ledger::create_file(scratch_->path("ledger"), ledger_capacity(scenario_, *schedule));
    if (!ledger) return fail(ledger.error());
    finished_ = std::make_unique<FinishedRun>(std::move(*ledger), scenario_, seed_);
    record_ = &finished_->record;
    record_->live = true;
    fill_intended(*finished_->ledger, *schedule);
    if (auto mounted = mount(); !mounted) return mounted;
    return serve();
  }

  Status mount() {
    auto mount = world::LiveMount::start({.faultfs_program = settings_.faultfs_program,
                                          .backing_dir = scratch_->path("backing"),
                                          .mountpoint = scratch_->path("mount"),
                                          .log_dir = scratch_->path("logs"),
                                          .seed = seed_});
    if (!mount) return fail(mount.error());
    mount_ = std::move(*mount);
    return {};
  }

  Status serve() {
    model_.emplace(
        scenario_.upstream, seed_,
        [this](Time now, const RequestElement& element, bool duplicate) {
          note_delivery(*finished_->ledger, now - start_.load(), element, duplicate);
        },
        [this](const upstream::UpstreamEvent& event) {
          finished_->fault_lines.push_back(upstream_fault_line(event, start_));
        });
    auto server = upstream::HttpServer::start(*model_, {.wakeful = true});
    if (!server) return fail(server.error());
    server_ = std::move(*server);
    return {};
  }

  Status start_subject() {
    if (auto spawned = spawn_subject(); !spawned) return spawned;
    auto ready = subject_->wait_ready(kReadyWithin);
    if (!ready)
      return fail(ready.error().code, ready.error().message + "; it said:\n" + text_of(subject_log()));
    return {};
  }

  Status spawn_subject() {
    place_subject(record_->scenario.subject.options, scratch_->path("mount"), server_->url());
    const std::string file = scratch_->path("scenario.json");
    if (auto written = oracle::write_whole_file(file, scenario::resolved_json(scenario_)); !written)
      return written;
    std::vector<std::string> command{settings_.holdfast_program,
                                     "subject",
                                     file,
                                     "--seed",
                                     std::to_string(seed_),
                                     "--incarnation",
                                     std::to_string(incarnation_),
                                     "--mount",
                                     scratch_->path("mount"),
                                     "--endpoint",
                                     server_->url(),
                                     "--ledger",
                                     scratch_->path("ledger"),
                                     "--claims",
                                     scratch_->path("claims"),
                                     "--report",
                                     scratch_->path("report.json")};
    if (!scenario_.load.trace.empty())
      command.insert(command.end(), {"--set", "load.trace=" + fs::absolute(scenario_.load.trace).string()});
    auto process = world::SubjectProcess::start(command, subject_log());
    if (!process) return fail(process.error());
    subject_ = std::move(*process);
    return {};
  }

  // Lays out what happens when: each phase arms its faults, process events fall where they say.
  void plan() {
    Duration at{0};
    for (const auto& phase : scenario_.phases) {
      happenings_.push_back({at, [this, &phase, at] { return arm(phase, at); }});
      for (const auto& event : phase.process) {
        happenings_.push_back({at + event.at, [this, &event] { return kill(event); }});
        happenings_.push_back({at + event.at + event.down, [this] { return restart(); }});
      }
      at += phase.length;
    }
    std::stable_sort(happenings_.begin(), happenings_.end(),
                     [](const Happening& a, const Happening& b) { return a.at < b.at; });
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

  Status kill(const scenario::ProcessEvent& event) {
    subject_->kill();
    const auto exit = subject_->wait(kCloseWithin);
    if (!exit.by_signal || exit.code != SIGKILL) note_death();  // it had ended before, by itself
    subject_.reset();
    record_->kills.push_back(since_start());
    ++record_->fired[event.name];
    return {};
  }

  // The new life gets ready while the run goes on: the phases wait for nobody.
  Status restart() {
    ++incarnation_;
    return spawn_subject();
  }

  Status play() {
    const Duration length = scenario_.length();
    auto next = happenings_.begin();
    while (!interrupted_.load() && (since_start() < length || next != happenings_.end())) {
      for (; next != happenings_.end() && since_start() >= next->at; ++next)
        if (auto acted = next->act(); !acted) return acted;
      if (auto alive = check_alive(); !alive) return alive;
      show_progress();
      const Duration until = next == happenings_.end() ? length : next->at;
      pause(std::clamp(until - since_start(), Duration{0}, kProgressPeriod));
    }
    return {};
  }

  // A subject that dies without orders breaks the law of isolation; the run goes on to its end.
  Status check_alive() {
    if (!subject_ || !subject_->poll()) return {};
    note_death();
    return {};
  }

  void note_death() { record_->isolation = oracle::Isolation{.died = true}; }

  bool died() const { return record_->isolation && record_->isolation->died; }

  void wait_for_drain() {
    const Duration deadline = std::max(scenario_.length(), last_fault_end() + scenario_.limits.drain);
    while (!interrupted_.load() && !died() && since_start() < deadline && !drained()) {
      (void)check_alive();
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

  // Accepted by a life that was killed before it could claim the record durable.
  bool lost_with_a_kill(const oracle::LedgerEntry& entry) const {
    return entry.incarnation.load() < incarnation_ && entry.durable_ns.load() == 0;
  }

  void pause(Duration length) const { std::this_thread::sleep_for(std::max(kLook, length)); }

  void show_progress() {
    if (!progress_ || since_start() < progress_due_) return;
    progress_due_ = since_start() + kProgressPeriod;
    progress_(since_start(), *finished_->ledger);
  }

  Result<std::unique_ptr<FinishedRun>> conclude() {
    if (subject_) {
      subject_->ask_to_stop();
      const auto exit = subject_->wait(kCloseWithin);
      read_subject_report(exit);
    }
    finished_->subject_log = text_of(subject_log());
    server_->stop();  // nothing is applied any more
    record_->upstream = {.requests = model_->requests(), .known_keys = model_->known_keys()};
    for (const auto& phase : scenario_.phases)
      for (const auto& rule : phase.upstream) record_->fired[rule.name] = model_->fired(rule.name);
    if (!control())
      if (auto read = read_spool(); !read) return fail(read.error());
    const std::string fault_log = mount_->fault_log(), sync_log = mount_->sync_log();
    if (auto stopped = mount_->stop(); !stopped) return fail(stopped.error());
    if (auto audited = audit(fault_log, sync_log); !audited) return fail(audited.error());
    record_->windows = windows_that_were();
    return std::move(finished_);
  }

  // The planned ones, as far as an interrupted run got.
  std::vector<oracle::FaultWindow> windows_that_were() const {
    auto windows = oracle::planned_windows(scenario_);
    if (!record_->interrupted) return windows;
    std::erase_if(windows, [&](const auto& window) { return window.from >= record_->length; });
    for (auto& window : windows) window.to = std::min(window.to, record_->length);
    return windows;
  }

  void read_subject_report(world::SubjectProcess::Exit exit) {
    oracle::Isolation isolation = record_->isolation.value_or(oracle::Isolation{});
    isolation.died |= !exit.clean();
    auto report = read_report(scratch_->path("report.json"));
    if (report) {
      record_->stats = report->stats;
      record_->closed = report->closed;
      record_->bounds = report->bounds;
      record_->breaker = report->breaker;
      isolation.exceptions_escaped = report->exceptions;
      if (!control()) isolation.allocations = report->allocations;
    } else {
      finished_->note = report.error().message;
    }
    record_->isolation = isolation;
  }

  // Through the mount, as the subject would find it.
  Status read_spool() {
    host::PosixFileSystem files;
    record_->usage_records = usage_records(files, record_->scenario.subject.options.usage);
    auto inspection = spool::inspect(files, record_->scenario.subject.options.spool.directory,
                                     [this](const spool::InspectedFrame& frame) {
                                       record_->in_spool.push_back(ingest::frame_reference(frame.payload));
                                     });
    if (!inspection) return fail(inspection.error());
    return {};
  }

  Status audit(const std::string& fault_log, const std::string& sync_log) {
    const std::string faults = text_of(fault_log);
    for (const auto& [rule, count] : count_rules(faults)) record_->fired[rule] += count;
    for (const auto& phase : scenario_.phases)
      for (const auto& rule : phase.disk.rules) record_->fired.try_emplace(rule.name, 0);
    finished_->fault_lines =
        merge_fault_lines(faults, finished_->ledger->start_ns(), std::move(finished_->fault_lines));
    if (control()) return {};
    auto disk = oracle::parse_sync_log(text_of(sync_log));
    if (!disk) return fail(disk.error());
    auto claims = oracle::parse_claims(text_of(scratch_->path("claims")));
    if (!claims) return fail(claims.error());
    record_->claims =
        oracle::audit_claims(std::move(*disk), std::move(*claims), finished_->ledger->start_ns());
    return {};
  }

  const scenario::Scenario& scenario_;
  const std::uint64_t seed_;
  const LiveSettings& settings_;
  const std::atomic<bool>& interrupted_;
  const OnProgress& progress_;

  host::SystemClock clock_;
  std::unique_ptr<Scratch> scratch_;
  std::unique_ptr<FinishedRun> finished_;
  oracle::RunRecord* record_ = nullptr;
  std::atomic<Time> start_{};
  std::optional<upstream::UpstreamModel> model_;
  std::unique_ptr<upstream::HttpServer> server_;
  std::unique_ptr<world::LiveMount> mount_;
  std::unique_ptr<world::SubjectProcess> subject_;  // goes before what it uses
  std::vector<Happening> happenings_;
  std::uint8_t incarnation_ = 0;
  Duration progress_due_{0};
};

}  // namespace

Result<std::unique_ptr<FinishedRun>> run_live(const scenario::Scenario& scenario, std::uint64_t seed,
                                              const LiveSettings& settings,
                                              const std::atomic<bool>& interrupted,
                                              const OnProgress& progress) {
  if (auto available = world::LiveMount::available(); !available) return fail(available.error());
  return LiveRun(scenario, seed, settings, interrupted, progress).run();
}

}  // namespace holdfast::run
