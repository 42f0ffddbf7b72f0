#include "simulator/subject/load_driver.h"

#include <algorithm>
#include <vector>

#include "simulator/memory/arena.h"

namespace holdfast::subject {
namespace {

constexpr Duration kShortPause = std::chrono::milliseconds(1);
constexpr Duration kLongestSleep = std::chrono::milliseconds(100);  // so that cancel() is seen

}  // namespace

LoadDriver::LoadDriver(Environment env, Settings settings, const load::Schedule& schedule,
                       oracle::Ledger& ledger, Subject& subject)
    : env_(env), settings_(std::move(settings)), schedule_(schedule), ledger_(ledger), subject_(subject) {}

void LoadDriver::run(Time start, Time end) {
  const bool closed = settings_.load.arrival == scenario::Arrival::closed;
  std::vector<std::unique_ptr<Task>> producers;
  for (std::uint32_t i = settings_.first_producer; i < settings_.load.producers; ++i)
    producers.push_back(env_.scheduler.spawn("producer-" + std::to_string(i), [this, i, start, end, closed] {
      closed ? produce_closed(i, start, end) : produce_open(i, start);
    }));
  for (auto& producer : producers) producer->join(kNever);
}

void LoadDriver::produce_open(std::uint32_t producer, Time start) {
  auto caller = subject_.make_caller(producer);
  const Duration missed = env_.clock.now() - start;
  for (std::uint64_t i = 0; i < schedule_.arrivals.size() && !cancelled_.load(); ++i) {
    const auto& arrival = schedule_.arrivals[i];
    if (arrival.producer != producer) continue;  // a compare is cheaper than an index of each producer's own
    if (settings_.goes_on && arrival.intended < missed) continue;
    pause_until(start + arrival.intended);
    if (!cancelled_.load()) call(*caller, arrival, settings_.first_reference + i, start);
  }
}

std::function<void(Time now)> LoadDriver::due_calls(std::uint32_t producer, Time start) {
  std::vector<std::uint64_t> references;
  for (std::uint64_t i = 0; i < schedule_.arrivals.size(); ++i)
    if (schedule_.arrivals[i].producer == producer) references.push_back(i);
  return [this, producer, start, references = std::move(references), next = std::size_t{0},
          caller = std::shared_ptr<Caller>()](Time now) mutable {
    if (!caller) caller = subject_.make_caller(producer);  // of the thread that calls
    for (; next < references.size() && !cancelled_.load(); ++next) {
      const auto& arrival = schedule_.arrivals[references[next]];
      if (start + arrival.intended > now) return;
      call(*caller, arrival, settings_.first_reference + references[next], start);
    }
  };
}

void LoadDriver::produce_closed(std::uint32_t producer, Time start, Time end) {
  auto caller = subject_.make_caller(producer);
  pause_until(start);
  for (Time next = std::max(start, env_.clock.now()); next < end && !cancelled_.load();) {
    const std::uint64_t reference = ledger_.claim();
    if (reference >= ledger_.capacity()) return;
    call(*caller, {.intended = next - start, .producer = producer}, reference, start);
    next = env_.clock.now() + settings_.load.think;
    pause_until(next);
  }
}

void LoadDriver::call(Caller& caller, const load::ArrivalTime& arrival, std::uint64_t reference, Time start) {
  const std::uint64_t lost_before = lost_processor();
  const UsageRecord record = load::make_record(arrival, reference, settings_.seed);
  auto& entry = ledger_.entry(reference);
  entry.intended_ns.store(arrival.intended.count() + 1, std::memory_order_relaxed);
  entry.incarnation.store(settings_.incarnation, std::memory_order_relaxed);
  timed_call(caller, record, entry, start);
  if (lost_processor() != lost_before) entry.disturbed.store(true, std::memory_order_relaxed);
  if (settings_.after_call) settings_.after_call();
}

void LoadDriver::timed_call(Caller& caller, const UsageRecord& record, oracle::LedgerEntry& entry,
                            Time start) {
  const Time before = env_.clock.now();
  entry.call_ns.store((before - start).count() + 1, std::memory_order_relaxed);
  entry.outcome.store(oracle::CallOutcome::calling, std::memory_order_release);
  const oracle::CallOutcome outcome = watched_call(caller, record);
  const Time after = env_.clock.now();
  entry.return_ns.store((after - start).count() + 1, std::memory_order_relaxed);
  entry.outcome.store(outcome, std::memory_order_release);
}

oracle::CallOutcome LoadDriver::watched_call(Caller& caller, const UsageRecord& record) {
  const std::uint64_t before = memory::allocations_of_this_thread();
  try {
    const oracle::CallOutcome outcome = caller.call(record);
    if (const std::uint64_t made = memory::allocations_of_this_thread() - before; made > 0)
      allocations_.fetch_add(made);
    return outcome;
  } catch (...) {
    exceptions_.fetch_add(1);
    return oracle::CallOutcome::failed;
  }
}

void LoadDriver::pause_until(Time when) {
  for (Time now = env_.clock.now(); now < when && !cancelled_.load(); now = env_.clock.now()) {
    if (settings_.spin_short_pauses && when - now <= kShortPause) continue;
    env_.scheduler.sleep_until(std::min(when, now + kLongestSleep));
  }
}

}  // namespace holdfast::subject
