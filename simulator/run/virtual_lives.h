// The subject of a VIRTUAL run, or one tracker of a fleet, through its lives: what SubjectLives is LIVE, with
// nodes for processes. What each life leaves behind is written into the run's record.
//
//   VirtualLives lives(world, run, record, lives_begun);
//   lives.begin();
//   lives.kill();
//   lives.ask_to_stop();                  // in order; start_again() kills it if it has not ended
//   lives.start_again();                  // the next life
//   lives.pause(until);
//   lives.begin_to_end(); lives.end(latest);   // in order, at the end of the run
//
// A life that ends without orders breaks the law of isolation, but for the first: a subject that cannot be
// opened at all is no run (failure()). All calls are made between events.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "simulator/run/virtual_life.h"

namespace holdfast::run {

class VirtualLives {
 public:
  // Lives are numbered over all trackers in the order in which they begin.
  VirtualLives(world::VirtualWorld& world, VirtualLife::Run run, oracle::RunRecord& record,
               std::uint16_t& lives_begun)
      : world_(world), run_(std::move(run)), record_(record), lives_begun_(lives_begun) {}

  void begin();
  void kill();
  void ask_to_stop();
  void start_again();
  void pause(Time until) { life().pause(until); }
  void watch();
  // In two steps, so that a fleet can end together; the second tells what a person should know, "" when there
  // is nothing to tell.
  void begin_to_end();
  std::string end(Time latest);

  const scenario::Subject& subject() const { return run_.subject; }
  std::uint16_t incarnation() const { return number_.incarnation; }
  bool alive() const { return life_ != nullptr; }  // not between two lives
  bool drained() const { return life_ && life_->drained(); }
  // Why the first life could not begin.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  VirtualLife& life();
  Duration since_start() const { return world_.clock().now() - run_.start; }
  void bury(bool killed, Duration at);
  void note_end();
  void note_death();

  world::VirtualWorld& world_;
  const VirtualLife::Run run_;
  oracle::RunRecord& record_;
  std::unique_ptr<VirtualLife> life_;  // null between two lives
  std::uint16_t& lives_begun_;
  VirtualLife::Number number_;
  std::optional<Duration> stop_asked_;  // of the present life
  std::optional<Error> failure_;
};

}  // namespace holdfast::run
