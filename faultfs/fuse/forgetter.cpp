#include "faultfs/fuse/forgetter.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

constexpr std::size_t kAtATime = 256;
constexpr Duration kPatience = std::chrono::seconds(1);

}  // namespace

// Shared with the thread, which may outlive the forgetter.
struct Forgetter::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool crowded = false;
  bool closed = false;
  bool ended = false;

  bool await_crowd() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return crowded || closed; });
    crowded = false;
    return !closed;
  }
  bool is_closed() {
    const std::lock_guard lock(mutex);
    return closed;
  }
  void tell(bool& what) {
    {
      const std::lock_guard lock(mutex);
      what = true;
    }
    changed.notify_all();
  }
};

Forgetter::Forgetter(fuse_session* session, NodeTable& nodes, std::size_t most)
    : state_(std::make_shared<State>()), nodes_(nodes) {
  nodes.when_crowded(most, [state = state_] { state->tell(state->crowded); });
  std::thread([state = state_, session, &nodes] {
    while (state->await_crowd()) {
      for (const auto& leaf : nodes.oldest_leaves(kAtATime)) {
        if (state->is_closed()) break;
        (void)fuse_lowlevel_notify_inval_entry(session, leaf.parent, leaf.name.c_str(), leaf.name.size());
      }
    }
    state->tell(state->ended);
  }).detach();
}

bool Forgetter::end() {
  nodes_.when_crowded(0, nullptr);
  state_->tell(state_->closed);
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, kPatience, [this] { return state_->ended; });
}

}  // namespace holdfast::faultfs
