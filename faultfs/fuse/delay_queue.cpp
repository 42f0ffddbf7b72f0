#include "faultfs/fuse/delay_queue.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>
#include <vector>

#include "faultfs/fuse/monotonic.h"

namespace holdfast::faultfs {
namespace {

constexpr auto kWatchInterval = std::chrono::milliseconds(50);

// True when SIGKILL is pending for the thread (every fatal signal ends as one), or it is gone.
bool is_being_killed(pid_t thread) {
  std::ifstream status("/proc/" + std::to_string(thread) + "/status");
  if (!status) return true;
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigPnd:") && !line.starts_with("ShdPnd:")) continue;
    const auto pending = std::stoull(line.substr(7), nullptr, 16);
    if ((pending >> (SIGKILL - 1) & 1) != 0) return true;
  }
  return false;
}

}  // namespace

DelayQueue::DelayQueue() : thread_([this] { run(); }) {}

DelayQueue::~DelayQueue() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

DelayQueue::Ticket DelayQueue::reserve(std::optional<pid_t> caller) {
  const std::lock_guard lock(mutex_);
  entries_[next_].caller = caller;
  return next_++;
}

void DelayQueue::schedule(Ticket ticket, Time due, Task task) {
  {
    const std::lock_guard lock(mutex_);
    Entry& entry = entries_.at(ticket);
    entry.task = std::move(task);
    entry.due = due;
    order_.emplace(due, ticket);
  }
  changed_.notify_all();
}

void DelayQueue::watch(Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(ticket);
    if (found == entries_.end() || found->second.watched) return;
    found->second.watched = true;
    ++watched_;
  }
  changed_.notify_all();
}

void DelayQueue::hurry(Ticket ticket) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(ticket);
    if (found == entries_.end()) return;
    make_due(ticket, found->second, monotonic_now());
  }
  changed_.notify_all();
}

void DelayQueue::release_all() {
  std::unique_lock lock(mutex_);
  const Time now = monotonic_now();
  const Ticket until = next_;
  for (auto& [ticket, entry] : entries_) {
    if (entry.task) make_due(ticket, entry, now);
  }
  changed_.notify_all();
  handed_out_.wait(lock, [&] {
    const bool waiting = !order_.empty() && order_.begin()->first <= now && order_.begin()->second < until;
    return !waiting && !running_task_;
  });
}

std::size_t DelayQueue::size() const {
  const std::lock_guard lock(mutex_);
  const auto is_request = [](const auto& entry) { return entry.second.caller.has_value(); };
  return static_cast<std::size_t>(std::ranges::count_if(entries_, is_request));
}

void DelayQueue::make_due(Ticket ticket, Entry& entry, Time due) {
  const auto [begin, end] = order_.equal_range(entry.due);
  for (auto at = begin; at != end; ++at) {
    if (at->second != ticket) continue;
    order_.erase(at);
    break;
  }
  entry.due = std::min(entry.due, due);
  order_.emplace(entry.due, ticket);
}

void DelayQueue::hurry_the_killed(Time now) {
  for (auto& [ticket, entry] : entries_) {
    if (entry.watched && entry.task && is_being_killed(entry.caller.value_or(0)))
      make_due(ticket, entry, now);
  }
}

Task DelayQueue::take(Ticket ticket) {
  const auto entry = entries_.find(ticket);
  if (entry->second.watched) --watched_;
  Task task = std::move(entry->second.task);
  entries_.erase(entry);
  order_.erase(order_.begin());
  return task;
}

void DelayQueue::run() {
  std::unique_lock lock(mutex_);
  while (!closed_) {
    const Time now = monotonic_now();
    if (watched_ > 0) hurry_the_killed(now);
    if (!order_.empty() && order_.begin()->first <= now) {
      Task task = take(order_.begin()->second);
      running_task_ = true;
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
      running_task_ = false;
      handed_out_.notify_all();
      continue;
    }
    Time wake = order_.empty() ? kNever : order_.begin()->first;
    if (watched_ > 0) wake = std::min(wake, now + kWatchInterval);
    if (wake == kNever) {
      changed_.wait(lock);
    } else {
      changed_.wait_for(lock, wake - now);
    }
  }
}

}  // namespace holdfast::faultfs
