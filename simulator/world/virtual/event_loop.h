// Virtual time: a queue of what will happen, in the order of (time, insertion number). Time moves
// only here, from one event to the next.
//
//   EventLoop loop(start);
//   loop.call_at(start + 1s, [] { ... });        // a call of the harness
//   loop.wake_at(start + 2s, waker);             // void once waker.renew() was called
//   while (Waker* who = nullptr; loop.step(limit, who) != EventLoop::Step::none) if (who) resume(*who);
//
// A million steps without time advancing is a livelock: the program stops with a message that says
// what was going on. Used from one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast::world {

// Somebody who can be woken. An event carries the ticket it was made for; when the waker has gone
// on since, the event is void: it moves no time and counts for nothing.
struct Waker {
  std::uint64_t ticket = 0;
  std::uint32_t pending = 0;  // events in the queue that carry the present ticket
};

class EventLoop {
 public:
  static constexpr std::uint64_t kLivelockSteps = 1'000'000;

  explicit EventLoop(Time start, std::uint64_t livelock_steps = kLivelockSteps);

  Time now() const { return now_; }
  std::uint64_t events() const { return events_; }
  std::size_t pending() const { return heap_.size() - void_; }

  // Times that have passed mean now. kNever is no event at all.
  void wake_at(Time when, Waker& waker);
  void call_at(Time when, std::function<void()> call);
  // Makes the waker's pending events void.
  void renew(Waker& waker);

  enum class Step : std::uint8_t { none, called, wake };
  // Takes the first event that is due at `limit` or before. A call is made here; a waker is handed
  // out for the caller to resume.
  Step step(Time limit, Waker*& waker);

  // The short way for somebody who would sleep until `when` and be next: moves time there as an
  // event of its own would have, and answers true; or changes nothing.
  bool try_advance(Time when, Time limit);

  // With no event left before it, time may be moved to the end of a run.
  void advance_to(Time when);

  // Says what runs now, for the message of a livelock.
  void describe_with(std::function<std::string()> describe) { describe_ = std::move(describe); }

 private:
  struct Entry {
    Time at;
    std::uint64_t number;
    Waker* waker;           // null: a call
    std::uint64_t payload;  // the waker's ticket, or the slot of the call
    bool before(const Entry& other) const { return at != other.at ? at < other.at : number < other.number; }
    bool is_void() const { return waker != nullptr && waker->ticket != payload; }
  };

  void push(Entry entry);
  Entry pop();
  void sink(std::size_t hole, const Entry& entry);
  void drop_void_front();
  void drop_void_everywhere();
  void count_step(Time when);
  [[noreturn]] void report_livelock() const;

  Time now_;
  std::uint64_t livelock_steps_;
  std::uint64_t events_ = 0;
  std::uint64_t steps_at_now_ = 0;
  std::uint64_t next_number_ = 0;
  std::size_t void_ = 0;
  std::vector<Entry> heap_;  // four children each
  std::vector<std::function<void()>> calls_;
  std::vector<std::size_t> free_calls_;
  std::function<std::string()> describe_;
};

}  // namespace holdfast::world
