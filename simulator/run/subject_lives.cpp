#include "simulator/run/subject_lives.h"

#include <signal.h>

#include "simulator/run/subject_report_json.h"
#include "simulator/scenario/text_file.h"

namespace holdfast::run {
namespace {

constexpr Duration kReadyWithin = std::chrono::seconds(15);
constexpr Duration kCloseWithin = std::chrono::seconds(15);

}  // namespace

Status SubjectLives::begin() {
  if (auto spawned = spawn(); !spawned) return spawned;
  auto ready = process_->wait_ready(kReadyWithin);
  if (ready) return {};
  return fail(ready.error().code, ready.error().message + "; it said:\n" +
                                      scenario::read_text_file(settings_.log).value_or(""));
}

Status SubjectLives::spawn() {
  auto process = world::SubjectProcess::start(settings_.command(incarnation_), settings_.log);
  if (!process) return fail(process.error());
  process_ = std::move(*process);
  return {};
}

void SubjectLives::kill(Duration at) {
  process_->kill();
  const auto exit = process_->wait(kCloseWithin);
  if (!exit.by_signal || exit.code != SIGKILL) note_death();  // it had ended before, by itself
  process_.reset();
  record_.kills.push_back(at);
}

// The new life gets ready while the run goes on: the phases wait for nobody.
Status SubjectLives::start_again() {
  ++incarnation_;
  return spawn();
}

void SubjectLives::watch() {
  if (process_ && process_->poll()) note_death();
}

void SubjectLives::note_death() { record_.isolation = oracle::Isolation{.died = true}; }

std::string SubjectLives::end() {
  if (!process_) return "";
  process_->ask_to_stop();
  return read_report(process_->wait(kCloseWithin));
}

std::string SubjectLives::read_report(world::SubjectProcess::Exit exit) {
  std::string note;
  oracle::Isolation isolation = record_.isolation.value_or(oracle::Isolation{});
  isolation.died |= !exit.clean();
  auto report = run::read_report(settings_.report);
  if (report) {
    record_.stats = report->stats;
    record_.closed = report->closed;
    record_.bounds = report->bounds;
    record_.breaker = report->breaker;
    isolation.exceptions_escaped = report->exceptions;
    if (!record_.control()) isolation.allocations = report->allocations;
  } else {
    note = report.error().message;
  }
  record_.isolation = isolation;
  return note;
}

}  // namespace holdfast::run
