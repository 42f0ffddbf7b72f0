#include "simulator/run/virtual_lives.h"

#include <utility>

#include "core/base/check.h"

namespace holdfast::run {

void VirtualLives::begin() {
  number_.incarnation = lives_begun_++;
  life_ = std::make_unique<VirtualLife>(world_, run_, number_);
}

VirtualLife& VirtualLives::life() {
  HOLDFAST_CHECK(life_ != nullptr, "between two lives there is nobody to kill, stop or pause");
  return *life_;
}

void VirtualLives::kill() {
  note_end();
  if (!life().ended()) life().kill();
  bury(true, since_start());
}

void VirtualLives::ask_to_stop() {
  HOLDFAST_CHECK(!stop_asked_, "a life is asked to stop once");
  life().ask_to_stop();
  stop_asked_ = since_start();
}

// As a supervisor does: who has not stopped in time is killed.
void VirtualLives::start_again() {
  if (life_) {
    HOLDFAST_CHECK(stop_asked_, "a life that was not asked to stop goes on");
    const bool in_time = life_->ended();
    if (!in_time) life_->kill();
    note_end();
    bury(!in_time, *std::exchange(stop_asked_, std::nullopt));
  }
  ++number_.own;
  begin();
}

void VirtualLives::watch() {
  if (!life_) return;
  life_->sample();
  if (!stop_asked_) note_end();
}

void VirtualLives::begin_to_end() {
  if (life_) life_->ask_to_stop();
}

std::string VirtualLives::end(Time latest) {
  if (!life_) return "";
  const bool closed = life_->ended() || world_.run_until_done(life_->task(), latest);
  if (!closed) {
    life_->kill();
    note_death();
  }
  note_end();
  add_last_life(record_, life_->report());
  return closed ? life_->note() : "the subject hangs: it did not close";
}

void VirtualLives::bury(bool killed, Duration at) {
  add_life(record_, life_->report());
  record_.ended_lives[number_.incarnation] = {
      .at = at, .killed = killed, .tracker = run_.tracker, .gone = since_start()};
  life_.reset();
}

// A life that ended by itself could not be opened.
void VirtualLives::note_end() {
  if (!life_->ended() || life_->status()) return;
  if (number_.own == 0) failure_ = life_->status().error();
  note_death();
}

void VirtualLives::note_death() { record_.isolation = oracle::Isolation{.died = true}; }

}  // namespace holdfast::run
