// The trackers of a VIRTUAL run, one or a fleet: each has its load, its directory, its records and its lives;
// disk, upstream and clock are everybody's.
//
//   VirtualFleet fleet(world, schedules, finished, on_claim, on_breaker);
//   fleet.begin(start);
//   fleet.kill(event); fleet.start_again(event);       // those that the event concerns
//   fleet.end(latest);
//
// All calls are made between events.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "simulator/run/virtual_lives.h"

namespace holdfast::run {

// Of each tracker, in their order.
Result<std::vector<load::Schedule>> make_schedules(const scenario::Scenario& scenario, std::uint64_t seed);

class VirtualFleet {
 public:
  static constexpr const char* kMountRoot = "/mnt";

  VirtualFleet(world::VirtualWorld& world, std::vector<load::Schedule> schedules, FinishedRun& finished,
               subject::LedgerObserver::OnClaim on_claim, subject::LedgerObserver::OnBreaker on_breaker);

  // Takes virtual time where there are several. Before begin().
  Status make_directories();
  void begin(Time start);

  void kill(const scenario::ProcessEvent& event);
  void ask_to_stop(const scenario::ProcessEvent& event);
  void pause(const scenario::ProcessEvent& event, Time until);
  void start_again(const scenario::ProcessEvent& event);
  // Those that are down and have had no life since this one; `down` was noted when the event began.
  using Down = std::vector<std::uint16_t>;
  Down down() const;
  void start_again(const Down& down);

  void watch();
  bool drained() const;
  // What a person should know of the first that has something to tell; "" when there is nothing.
  std::string end(Time latest);
  // Why the first life of one could not begin.
  std::optional<Error> failure() const;
  // As who inspects it would, from another node.
  Status read_disk();

 private:
  void concerned(const scenario::ProcessEvent& event, const std::function<void(VirtualLives&)>& act);

  world::VirtualWorld& world_;
  const std::vector<load::Schedule> schedules_;
  FinishedRun& finished_;
  oracle::RunRecord& record_;
  subject::LedgerObserver::OnClaim on_claim_;
  subject::LedgerObserver::OnBreaker on_breaker_;
  std::vector<scenario::Subject> subjects_;  // placed
  std::vector<std::uint64_t> first_references_;
  std::uint16_t lives_begun_ = 0;
  std::deque<VirtualLives> trackers_;
};

}  // namespace holdfast::run
