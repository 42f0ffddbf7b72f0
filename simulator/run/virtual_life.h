// One life of the subject in a VIRTUAL run: a node of the world, on which the subject is opened, the load is
// offered, and everything is closed once it is asked to stop. What LiveSubject is to a process.
//
//   VirtualLife life(world, run, 1);       // the second: it goes on where the time stands
//   life.ask_to_stop();
//   if (life.ended()) ... life.report()
//   life.kill();                           // not one instruction of it runs any more
//
// All calls are the harness', between events. A life that has not ended is killed before it goes.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "simulator/run/finished_run.h"
#include "simulator/run/subject_report.h"
#include "simulator/subject/ledger_observer.h"
#include "simulator/subject/subject.h"
#include "simulator/subject/watched_transport.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::run {

class VirtualLife {
 public:
  // What all lives of a tracker share.
  struct Run {
    const scenario::Scenario& scenario;
    scenario::Subject subject;  // its directory and endpoint filled in
    std::string name;           // of its nodes: "tracker", then "tracker/2", ...
    std::uint32_t tracker;      // its number in the fleet, from 0
    std::uint64_t seed;
    const load::Schedule& schedule;
    std::uint64_t first_reference;
    oracle::Ledger& ledger;
    Time start;
    subject::LedgerObserver::OnClaim on_claim;
    subject::LedgerObserver::OnBreaker on_breaker{};
  };
  // Which life of the run, and which of the tracker, from 0.
  struct Number {
    std::uint16_t incarnation = 0;
    std::uint32_t own = 0;
  };

  VirtualLife(world::VirtualWorld& world, const Run& run, Number number);
  ~VirtualLife();
  VirtualLife(const VirtualLife&) = delete;
  VirtualLife& operator=(const VirtualLife&) = delete;

  void ask_to_stop();
  void kill();
  void pause(Time until) { world_.pause(node_, until); }

  // Takes what the subject's books say now for the highest values of its bounds.
  void sample();
  // The load is through and nothing of it waits for delivery.
  bool drained() const { return load_done_ && subject_ && subject_->drained(); }

  const Task& task() const { return *task_; }
  bool ended() const { return ended_; }
  bool asked_to_stop() const { return stop_asked_; }
  // How it ended: by itself, and why, when it fails.
  const Status& status() const { return status_; }
  // What its owner should know of an orderly end that was not; "" when there is nothing to tell.
  const std::string& note() const { return note_; }
  SubjectReport report();

 private:
  Status live();
  Status open();
  void await_stop();
  void close();

  world::VirtualWorld& world_;
  const Run& run_;
  const Number number_;
  Environment node_;  // what the world gives
  subject::WatchedTransport transport_;
  Environment env_;  // what the subject gets
  subject::LedgerObserver observer_;
  BoundsSampler sampler_;
  std::unique_ptr<Event> stop_;
  bool stop_asked_ = false;
  std::unique_ptr<subject::Subject> subject_;
  bool load_done_ = false;
  std::optional<Stats> stats_;  // once it has closed
  bool closed_ = false;
  Status status_;
  std::string note_;
  bool ended_ = false;
  std::unique_ptr<Task> task_;
};

}  // namespace holdfast::run
