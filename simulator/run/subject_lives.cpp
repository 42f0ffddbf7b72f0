#include "simulator/run/subject_lives.h"

#include <signal.h>
#include <unistd.h>

#include "core/base/check.h"
#include "simulator/run/subject_orders.h"
#include "simulator/scenario/text_file.h"

namespace holdfast::run {
namespace {

constexpr Duration kReadyWithin = std::chrono::seconds(15);
constexpr Duration kGoneWithin = std::chrono::seconds(15);

}  // namespace

Status SubjectLives::begin() {
  if (auto spawned = spawn(); !spawned) return spawned;
  auto ready = process_->wait_ready(kReadyWithin);
  if (ready) return {};
  return fail(ready.error().code,
              ready.error().message + "; it said:\n" + scenario::read_text_file(settings_.log).value_or(""));
}

Status SubjectLives::spawn() {
  ::unlink(settings_.report.c_str());  // another life's would be taken for its own
  auto process = world::SubjectProcess::start(settings_.command(incarnation_), settings_.log);
  if (!process) return fail(process.error());
  process_ = std::move(*process);
  return {};
}

world::SubjectProcess& SubjectLives::process() {
  HOLDFAST_CHECK(process_ != nullptr, "between two lives there is nobody to kill, stop, pause or tell");
  return *process_;
}

void SubjectLives::kill(Duration at) {
  process().kill();
  const auto exit = process().wait(kGoneWithin);
  if (!exit.by_signal || exit.code != SIGKILL) note_death();  // it had ended before, by itself
  process_.reset();
  record_.ended_lives[incarnation_] = {.at = at, .killed = true};
}

void SubjectLives::ask_to_stop(Duration at) {
  HOLDFAST_CHECK(!stop_asked_, "a life is asked to stop once");
  process().ask_to_stop();
  stop_asked_ = at;
}

// The new life gets ready while the run goes on: the phases wait for nobody.
Status SubjectLives::start_again() {
  if (process_) end_stopped_life();
  ++incarnation_;
  return spawn();
}

// As a supervisor does: who has not stopped in time is killed.
void SubjectLives::end_stopped_life() {
  HOLDFAST_CHECK(stop_asked_, "a life that was not asked to stop goes on");
  const bool in_time = process_->poll().has_value();
  const auto exit = process_->wait(Duration{0});
  if (in_time) (void)take_report(exit);
  process_.reset();
  record_.ended_lives[incarnation_] = {.at = *stop_asked_, .killed = !in_time};
  stop_asked_.reset();
}

void SubjectLives::pause() { process().pause(); }

void SubjectLives::resume() { process().resume(); }

void SubjectLives::shift_wall(Duration shift, const std::string& event) {
  const std::string order = clock_jump_order(shift);
  process().tell(order);
  unanswered_[order] = event;
}

void SubjectLives::watch() {
  if (!process_) return;
  hear();
  if (!stop_asked_ && process_->poll()) note_death();
}

void SubjectLives::hear() {
  for (const auto& line : process_->heard()) {
    const auto order = unanswered_.find(line);
    if (order == unanswered_.end()) continue;  // a later life says "ready" too
    if (!order->second.empty()) ++record_.fired[order->second];
    unanswered_.erase(order);
  }
}

void SubjectLives::note_death() {
  if (!record_.isolation) record_.isolation.emplace();
  record_.isolation->died = true;
}

std::string SubjectLives::end() {
  if (!process_) return "";
  hear();
  process_->resume();
  process_->ask_to_stop();
  return take_report(process_->wait(kGoneWithin));
}

std::string SubjectLives::take_report(world::SubjectProcess::Exit exit) {
  if (!record_.isolation) record_.isolation.emplace();
  if (!exit.clean()) note_death();
  auto report = read_report(settings_.report);
  if (!report) return report.error().message;
  add(*report);
  return "";
}

void SubjectLives::add(const SubjectReport& report) {
  add_report(record_, report);
  record_.isolation->exceptions_escaped += report.exceptions;
  if (record_.core()) record_.isolation->allocations += report.allocations;
}

}  // namespace holdfast::run
