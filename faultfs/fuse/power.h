// Whether the power is on: requests act while it is; a cut waits until none is acting, and what was open
// before it is dead.
//
//   const Power::Hold on = power.hold();             // around what a request does
//   if (power.is_dead(call.handle)) ... EIO ...
//   power.cut(newest_handle, [&] { ... take back what was not durable ... });
//
// A request that waits holds nothing; when it goes on it compares cuts(). Where the power cannot fail
// (`may_fail` false) a hold costs nothing. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <shared_mutex>

namespace holdfast::faultfs {

class Power {
 public:
  using Hold = std::shared_lock<std::shared_mutex>;

  explicit Power(bool may_fail) : may_fail_(may_fail) {}

  Hold hold() {
    if (!may_fail_) return {};
    const std::lock_guard in_turn(turn_);  // a cut that waits is overtaken by nobody
    return Hold(acting_);
  }
  // How many there were; compare it under a hold.
  std::uint64_t cuts() const { return cuts_.load(std::memory_order_relaxed); }
  // Handles are numbered in order of opening; 0 is none.
  bool is_dead(std::uint64_t handle) const {
    return handle != 0 && handle <= dead_through_.load(std::memory_order_relaxed);
  }

  template <class Loss>
  void cut(const std::atomic<std::uint64_t>& newest_handle, Loss loss) {
    while_nobody_acts([&] {
      ++cuts_;
      dead_through_ = newest_handle.load();
      loss();
    });
  }
  template <class Action>
  void while_nobody_acts(Action action) {
    const std::lock_guard in_turn(turn_);
    const std::lock_guard nobody_acts(acting_);
    action();
  }

 private:
  const bool may_fail_;
  std::mutex turn_;
  std::shared_mutex acting_;
  std::atomic<std::uint64_t> cuts_{0};
  std::atomic<std::uint64_t> dead_through_{0};
};

}  // namespace holdfast::faultfs
