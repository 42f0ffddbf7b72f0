// The virtual kernel: the event loop, the fibers that run on it, and the one way in which they block.
// The ports (scheduler, disk, link) are thin layers over it; production code never sees it.
//
//   Kernel kernel(start);
//   auto task = kernel.spawn(kHarnessNode, "driver", [&] { kernel.sleep_until(kernel.now() + 1ms); });
//   kernel.run_until(task, limit);
//
// Everything runs on the thread that calls run_until(). Blocking calls (sleep_until, wait) are made
// by fibers only; the others by fibers and by calls of the harness alike.
//
// Ends: abandon_all() forgets every fiber that has not ended. Nothing on their stacks is destroyed,
// so what they own there stays allocated: a harness closes its trackers first. Their bodies (the
// closures, kept outside the stacks) are destroyed, after all of them were forgotten. kill() forgets
// the fibers of one node and their bodies too: no instruction of the node runs any more.
//
// Memory: what a node's fibers allocate belongs to the node, and is freed when it is killed. So whatever is
// the world's own is made within `memory::Allocating outside(nullptr)`, and what a node keeps is a copy made
// by the node: operation() sees to both for a port call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/time.h"
#include "simulator/memory/arena.h"
#include "simulator/world/virtual/event_loop.h"
#include "simulator/world/virtual/fiber.h"
#include "simulator/world/virtual/harness_scope.h"
#include "simulator/world/virtual/trace.h"

namespace holdfast::world {

struct TaskState;

// Fibers that wait for the same thing, first come first. A fiber is in at most one list.
class WaitList {
 public:
  WaitList() = default;
  ~WaitList();  // nobody may wait for what goes away
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;
  bool empty() const { return first_ == nullptr; }

 private:
  friend class Kernel;
  void append(TaskState& task);
  void take_out(TaskState& task);
  TaskState* first_ = nullptr;
  TaskState* last_ = nullptr;
};

// One fiber's record. Slots are used again; `id` tells the lives of a slot apart.
struct TaskState : Waker {
  Fiber fiber;
  std::uint64_t id = 0;  // 0: the slot is free
  NodeId node = kHarnessNode;
  std::string name;
  WaitList* waits_in = nullptr;
  TaskState* before = nullptr;
  TaskState* behind = nullptr;
  WaitList joiners;
  bool in_operation = false;
  bool dying = false;            // its operation is being unwound
  Time idle_tick{};              // Scheduler::idle_until: not to be woken before
  std::uint64_t fills_seen = 0;  // and how many fills it had seen when it last returned
};

struct TaskRef {
  TaskState* state = nullptr;
  std::uint64_t id = 0;
};

class Kernel {
 public:
  explicit Kernel(Time start, std::uint64_t livelock_steps = EventLoop::kLivelockSteps);
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  Time now() const { return loop_.now(); }
  std::uint64_t events() const { return loop_.events(); }
  std::size_t pending_events() const { return loop_.pending(); }
  void at(Time when, std::function<void()> call) { loop_.call_at(when, std::move(call)); }

  TaskRef spawn(NodeId node, std::string_view name, const std::function<void()>& body);
  static bool ended(const TaskRef& task) { return task.state->id != task.id; }
  bool in_fiber() const { return current_ != nullptr; }
  TaskState& current() const { return *current_; }
  NodeId current_node() const { return current_ != nullptr ? current_->node : kHarnessNode; }

  // The ways to block. A time that has passed yields to whoever is due now.
  void sleep_until(Time when);
  // True when woken, false at the deadline.
  bool wait(WaitList& list, Time deadline);
  bool join(const TaskRef& task, Time deadline);

  void wake_all(WaitList& list);
  // One waiter only, and not before `when`: its deadline no longer counts.
  void wake_at(WaitList& list, TaskState& task, Time when);
  TaskState* first_waiter(WaitList& list) const { return list.first_; }

  // No fiber of the node is resumed before `until`; who is woken meanwhile goes on then, in the order
  // of waking. From a call of the harness: the fibers it meets are all suspended.
  void pause(NodeId node, Time until);

  // The end of a node: its fibers are never resumed and never unwound, wait for nothing any more, and
  // who joined one of them from another node goes on. From a call of the harness. What its fibers had
  // asked of a disk or a link is the disk's and the link's affair.
  void kill(NodeId node);

  // Calls of a node's fibers to its disk and its link, over all nodes but the harness, so far.
  std::uint64_t operations() const { return operations_; }
  // The fiber that is about to begin operation `number`, counted from 1, stands still at its entry while
  // the call is made, outside any fiber and before anything else happens; it goes on at that instant if it
  // was not killed. One call at a time: another takes its place, an empty one takes it away.
  void before_operation(std::uint64_t number, std::function<void()> call);

  // Runs every event up to and including `end`, then stands at `end`.
  void run_until(Time end);
  // The same, but stops as soon as the task has ended or the predicate holds (asked after each
  // event). False at `latest`, or when nothing is left that could happen.
  bool run_until(const TaskRef& task, Time latest);
  bool run_until(const std::function<bool()>& done, Time latest);

  void abandon_all();
  std::size_t live_tasks() const { return live_; }

  Trace& trace() { return trace_; }
  const Trace& trace() const { return trace_; }
  void note(PortCall call, std::uint64_t arguments, std::uint64_t result) {
    trace_.note({now(), current_node(), current_ != nullptr ? current_->id : 0, call}, arguments, result);
    if (listener_) tell(call);
  }
  // Hears of every call from now on, and must not call back. say() gives the words of the call that is
  // noted next; whoever notes asks first whether anybody listens.
  void listen(TraceListener listener) { listener_ = std::move(listener); }
  bool heard() const { return listener_ != nullptr; }
  void say(std::string what, std::string outcome) {
    what_ = std::move(what);
    outcome_ = std::move(outcome);
  }
  // What the node's fibers have allocated and not freed.
  std::uint64_t memory_bytes(NodeId node) { return memory_[node].bytes(); }

  // Called first by every blocking port call, which keeps the scope to its end: no lock held, no exception
  // in flight, on a fiber.
  [[nodiscard]] HarnessScope enter_port(const char* port_call) const;
  // An operation on a disk or a link, which is counted. The body runs in the world's memory; what it returns
  // is copied into the node's. If the node is killed meanwhile, the body alone is unwound: it is the world's.
  template <class Body>
  auto operation(const char* port_call, Body body) {
    const auto scope = begin_operation(port_call);
    std::optional<decltype(body())> answer;
    in_operation([&] { answer.emplace(body()); });
    return decltype(body())(std::as_const(*answer));
  }

 private:
  [[nodiscard]] HarnessScope begin_operation(const char* port_call);
  void in_operation(const std::function<void()>& body);
  void leave_operation(TaskState& task);
  memory::Arena* memory_of(NodeId node);
  TaskState& free_slot();
  void suspend();
  void resume(TaskState& task);
  void resume_unless_paused(TaskState& task);
  void finish(TaskState& task);
  std::function<void()> forget(TaskState& task);
  bool step(Time limit);
  void tell(PortCall call);
  std::string describe() const;

  EventLoop loop_;
  Trace trace_;
  TraceListener listener_;
  std::string what_, outcome_;  // of the next call
  std::deque<TaskState> tasks_;
  std::vector<TaskState*> free_;
  std::map<NodeId, Time> paused_until_;
  std::map<NodeId, memory::Arena> memory_;  // of all nodes but the harness
  TaskState* current_ = nullptr;
  Time limit_{};          // of the run under way
  bool watched_ = false;  // a predicate is asked after each event, so each must be one
  std::uint64_t next_id_ = 1;
  std::size_t live_ = 0;
  std::uint64_t operations_ = 0;
  std::uint64_t awaited_operation_ = 0;  // 0: none
  std::function<void()> before_operation_;
  bool operation_reached_ = false;  // the call is due as soon as the fiber has suspended
};

}  // namespace holdfast::world
