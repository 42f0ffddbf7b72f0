#include "simulator/run/virtual_fleet.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/random.h"

namespace holdfast::run {
namespace {

// One that is alone has the mount for itself; each of several has a directory there.
std::string name_of(const scenario::Scenario& scenario, std::size_t tracker) {
  return scenario.fleet == 1 ? "tracker" : fmt::format("tracker-{}", tracker + 1);
}

std::string directory_of(const scenario::Scenario& scenario, std::size_t tracker) {
  const std::string root = VirtualFleet::kMountRoot;
  return scenario.fleet == 1 ? root : root + "/" + name_of(scenario, tracker);
}

}  // namespace

Result<std::vector<load::Schedule>> make_schedules(const scenario::Scenario& scenario, std::uint64_t seed) {
  std::vector<load::Schedule> schedules;
  for (std::uint32_t i = 0; i < scenario.fleet; ++i) {
    auto schedule =
        load::make_schedule(scenario, scenario.fleet == 1 ? seed : hash_name(name_of(scenario, i), seed));
    if (!schedule) return fail(schedule.error());
    schedules.push_back(std::move(*schedule));
  }
  return schedules;
}

VirtualFleet::VirtualFleet(world::VirtualWorld& world, std::vector<load::Schedule> schedules,
                           FinishedRun& finished, subject::LedgerObserver::OnClaim on_claim,
                           subject::LedgerObserver::OnBreaker on_breaker)
    : world_(world),
      schedules_(std::move(schedules)),
      finished_(finished),
      record_(finished.record),
      on_claim_(std::move(on_claim)),
      on_breaker_(std::move(on_breaker)) {
  std::uint64_t reference = 0;
  const auto& scenario = record_.scenario;
  for (std::size_t i = 0; i < schedules_.size(); ++i) {
    subjects_.push_back(scenario.subject);
    subjects_.back().place(directory_of(scenario, i), "http://virtual");
    fill_intended(*finished_.ledger, schedules_[i], reference);
    first_references_.push_back(reference);
    const std::uint64_t own = schedules_[i].arrivals.size();
    if (scenario.fleet > 1)
      record_.fleet.push_back({reference, oracle::Attempts(scenario.recovery_window(), own, reference)});
    reference += own;
  }
  if (scenario.fleet == 1) record_.scenario.subject = subjects_.front();
}

Status VirtualFleet::make_directories() {
  Status made;
  if (schedules_.size() == 1) return made;
  world_.run([&] {
    for (std::size_t i = 0; made && i < schedules_.size(); ++i)
      made = world_.disk().make_directory(directory_of(record_.scenario, i));
    if (made) made = world_.disk().sync_directory(kMountRoot);
  });
  return made;
}

void VirtualFleet::begin(Time start) {
  for (std::size_t i = 0; i < schedules_.size(); ++i)
    trackers_.emplace_back(world_,
                           VirtualLife::Run{.scenario = record_.scenario,
                                            .subject = subjects_[i],
                                            .name = name_of(record_.scenario, i),
                                            .tracker = static_cast<std::uint32_t>(i),
                                            .seed = record_.seed,
                                            .schedule = schedules_[i],
                                            .first_reference = first_references_[i],
                                            .ledger = *finished_.ledger,
                                            .start = start,
                                            .on_claim = on_claim_,
                                            .on_breaker = on_breaker_},
                           record_, lives_begun_);
  for (auto& tracker : trackers_) tracker.begin();
}

void VirtualFleet::concerned(const scenario::ProcessEvent& event,
                             const std::function<void(VirtualLives&)>& act) {
  if (event.tracker) return act(trackers_.at(*event.tracker - 1));
  for (auto& tracker : trackers_) act(tracker);
}

void VirtualFleet::kill(const scenario::ProcessEvent& event) {
  concerned(event, [](VirtualLives& tracker) { tracker.kill(); });
}

void VirtualFleet::ask_to_stop(const scenario::ProcessEvent& event) {
  concerned(event, [](VirtualLives& tracker) { tracker.ask_to_stop(); });
}

void VirtualFleet::pause(const scenario::ProcessEvent& event, Time until) {
  concerned(event, [until](VirtualLives& tracker) { tracker.pause(until); });
}

void VirtualFleet::start_again(const scenario::ProcessEvent& event) {
  concerned(event, [](VirtualLives& tracker) { tracker.start_again(); });
}

VirtualFleet::Down VirtualFleet::down() const {
  Down down;
  for (const auto& tracker : trackers_)
    if (!tracker.alive()) down.push_back(tracker.incarnation());
  return down;
}

void VirtualFleet::start_again(const Down& down) {
  for (auto& tracker : trackers_)
    if (!tracker.alive() && std::ranges::find(down, tracker.incarnation()) != down.end())
      tracker.start_again();
}

void VirtualFleet::watch() {
  for (auto& tracker : trackers_) tracker.watch();
}

bool VirtualFleet::drained() const { return std::ranges::all_of(trackers_, &VirtualLives::drained); }

std::string VirtualFleet::end(Time latest) {
  for (auto& tracker : trackers_) tracker.begin_to_end();
  std::string told;
  for (auto& tracker : trackers_) {
    const std::string note = tracker.end(latest);
    if (told.empty()) told = note;
  }
  return told;
}

std::optional<Error> VirtualFleet::failure() const {
  for (const auto& tracker : trackers_)
    if (tracker.failure()) return tracker.failure();
  return std::nullopt;
}

Status VirtualFleet::read_disk() {
  Status read;
  world_.run([&] {
    for (std::size_t i = 0; read && i < subjects_.size(); ++i)
      read = run::read_disk(world_.disk(), subjects_[i], record_);
  });
  return read;
}

}  // namespace holdfast::run
