#include "simulator/world/virtual/event_loop.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "simulator/memory/arena.h"

namespace holdfast::world {
namespace {
constexpr std::size_t kChildren = 4;
constexpr std::size_t kFewVoid = 256;  // below this, sweeping costs more than carrying
}  // namespace

EventLoop::EventLoop(Time start, std::uint64_t livelock_steps)
    : now_(start), livelock_steps_(livelock_steps) {}

void EventLoop::wake_at(Time when, Waker& waker) {
  if (when == kNever) return;
  ++waker.pending;
  push({std::max(when, now_), next_number_++, &waker, waker.ticket});
}

void EventLoop::call_at(Time when, std::function<void()> call) {
  if (when == kNever) return;
  const memory::Allocating here(nullptr);
  std::size_t slot = calls_.size();
  if (free_calls_.empty()) {
    calls_.push_back(std::move(call));
  } else {
    slot = free_calls_.back();
    free_calls_.pop_back();
    calls_[slot] = std::move(call);
  }
  push({std::max(when, now_), next_number_++, nullptr, slot});
}

void EventLoop::renew(Waker& waker) {
  ++waker.ticket;
  void_ += std::exchange(waker.pending, 0);
  if (void_ > kFewVoid && void_ * 2 > heap_.size()) drop_void_everywhere();
}

EventLoop::Step EventLoop::step(Time limit, Waker*& waker) {
  waker = nullptr;
  drop_void_front();
  if (heap_.empty() || heap_.front().at > limit) return Step::none;
  const Entry entry = pop();
  count_step(entry.at);
  waker = entry.waker;
  if (waker != nullptr) {
    --waker->pending;
    return Step::wake;
  }
  const auto call = std::exchange(calls_[entry.payload], nullptr);
  free_calls_.push_back(entry.payload);
  call();
  return Step::called;
}

bool EventLoop::try_advance(Time when, Time limit) {
  when = std::max(when, now_);
  if (when > limit) return false;
  drop_void_front();
  if (!heap_.empty() && heap_.front().at <= when) return false;
  ++next_number_;  // numbers run as if the event had been queued
  count_step(when);
  return true;
}

void EventLoop::advance_to(Time when) {
  drop_void_front();
  HOLDFAST_CHECK(heap_.empty() || heap_.front().at > when, "time was moved past an event");
  now_ = std::max(now_, when);
}

void EventLoop::push(Entry entry) {
  std::size_t hole = heap_.size();
  const memory::Allocating here(nullptr);
  heap_.push_back(entry);
  while (hole > 0) {
    const std::size_t parent = (hole - 1) / kChildren;
    if (!entry.before(heap_[parent])) break;
    heap_[hole] = heap_[parent];
    hole = parent;
  }
  heap_[hole] = entry;
}

EventLoop::Entry EventLoop::pop() {
  const Entry first = heap_.front();
  const Entry last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sink(0, last);
  return first;
}

void EventLoop::sink(std::size_t hole, const Entry& entry) {
  const std::size_t size = heap_.size();
  for (;;) {
    const std::size_t first = hole * kChildren + 1;
    if (first >= size) break;
    std::size_t least = first;
    const std::size_t end = std::min(first + kChildren, size);
    for (std::size_t child = first + 1; child < end; ++child)
      if (heap_[child].before(heap_[least])) least = child;
    if (!heap_[least].before(entry)) break;
    heap_[hole] = heap_[least];
    hole = least;
  }
  heap_[hole] = entry;
}

void EventLoop::drop_void_front() {
  while (void_ > 0 && heap_.front().is_void()) {
    pop();
    --void_;
  }
}

// The order is total, so the shape of the heap after a sweep cannot be seen from outside.
void EventLoop::drop_void_everywhere() {
  std::erase_if(heap_, [](const Entry& entry) { return entry.is_void(); });
  void_ = 0;
  std::sort(heap_.begin(), heap_.end(), [](const Entry& a, const Entry& b) { return a.before(b); });
}

void EventLoop::count_step(Time when) {
  ++events_;
  if (when != now_) {
    now_ = when;
    steps_at_now_ = 0;
  } else if (++steps_at_now_ >= livelock_steps_) {
    report_livelock();
  }
}

void EventLoop::report_livelock() const {
  std::string message = "livelock: " + std::to_string(steps_at_now_) + " steps at " +
                        std::to_string(nanoseconds(now_)) + " ns of virtual time without time advancing";
  if (describe_) message += "; " + describe_();
  check_failed(__FILE__, __LINE__, "time advances", message.c_str());
}

}  // namespace holdfast::world
