#include "simulator/world/virtual/kernel.h"

#include <array>
#include <new>
#include <utility>

#include "core/base/check.h"
#include "core/base/mutex.h"

namespace holdfast::world {
namespace {
constexpr std::size_t kDescribedCalls = 8;

struct Dying {};  // unwinds the world's frames of an operation, and no others

std::function<void()> copied(const std::function<void()>& body, memory::Arena* arena) {
  const memory::Allocating within(arena);
  return body;
}

void never_destroy(std::function<void()> body) {
  alignas(std::function<void()>) std::array<std::byte, sizeof body> storage;
  ::new (storage.data()) std::function<void()>(std::move(body));
}
}  // namespace

WaitList::~WaitList() { HOLDFAST_CHECK(empty(), "a fiber still waits for something that was destroyed"); }

void WaitList::append(TaskState& task) {
  task.waits_in = this;
  task.before = last_;
  task.behind = nullptr;
  (last_ != nullptr ? last_->behind : first_) = &task;
  last_ = &task;
}

void WaitList::take_out(TaskState& task) {
  (task.before != nullptr ? task.before->behind : first_) = task.behind;
  (task.behind != nullptr ? task.behind->before : last_) = task.before;
  task.waits_in = nullptr;
  task.before = task.behind = nullptr;
}

Kernel::Kernel(Time start, std::uint64_t livelock_steps) : loop_(start, livelock_steps) {
  loop_.describe_with([this] { return describe(); });
}

Kernel::~Kernel() { abandon_all(); }

TaskRef Kernel::spawn(NodeId node, std::string_view name, const std::function<void()>& body) {
  const memory::Allocating outside(nullptr);
  TaskState& task = free_slot();
  task.id = next_id_++;
  task.node = node;
  task.name = name;
  task.fills_seen = 0;
  task.in_operation = task.dying = false;
  task.fiber.start(copied(body, memory_of(node)), memory_of(node));
  ++live_;
  loop_.wake_at(now(), task);
  note(PortCall::spawn, digest(task.id, node), digest(std::string_view(task.name)));
  return {&task, task.id};
}

memory::Arena* Kernel::memory_of(NodeId node) { return node == kHarnessNode ? nullptr : &memory_[node]; }

TaskState& Kernel::free_slot() {
  if (free_.empty()) return tasks_.emplace_back();
  TaskState& task = *free_.back();
  free_.pop_back();
  return task;
}

// The short way is taken when no event is due before `when`: the fiber would be resumed next anyhow.
void Kernel::sleep_until(Time when) {
  HOLDFAST_CHECK(in_fiber(), "only a fiber can sleep");
  if (!watched_ && loop_.try_advance(when, limit_)) return;
  loop_.wake_at(when, *current_);
  suspend();
}

bool Kernel::wait(WaitList& list, Time deadline) {
  HOLDFAST_CHECK(in_fiber(), "only a fiber can wait");
  TaskState& self = *current_;
  list.append(self);
  loop_.wake_at(deadline, self);
  suspend();
  if (self.waits_in == nullptr) return true;
  list.take_out(self);
  return false;
}

bool Kernel::join(const TaskRef& task, Time deadline) {
  while (!ended(task)) {
    if (!wait(task.state->joiners, deadline)) return ended(task);
  }
  return true;
}

void Kernel::wake_all(WaitList& list) {
  while (list.first_ != nullptr) wake_at(list, *list.first_, now());
}

void Kernel::wake_at(WaitList& list, TaskState& task, Time when) {
  list.take_out(task);
  loop_.renew(task);
  loop_.wake_at(when, task);
}

void Kernel::suspend() {
  current_->fiber.suspend();
  if (current_->dying) throw Dying{};
}

void Kernel::resume(TaskState& task) {
  current_ = &task;
  const bool ended = task.fiber.resume();
  current_ = nullptr;
  if (ended) finish(task);
  if (std::exchange(operation_reached_, false)) std::exchange(before_operation_, nullptr)();
}

void Kernel::before_operation(std::uint64_t number, std::function<void()> call) {
  HOLDFAST_CHECK(!call || number > operations_, "an operation that has begun can be waited for no more");
  awaited_operation_ = number;
  before_operation_ = std::move(call);
}

void Kernel::in_operation(const std::function<void()>& body) {
  TaskState& self = *current_;
  self.in_operation = true;
  try {
    const memory::Allocating outside(nullptr);
    body();
  } catch (const Dying&) {
  }
  self.in_operation = false;
  while (self.dying) self.fiber.suspend();  // the last time
}

// What the frames of the operation own is the world's, and goes back to it.
void Kernel::leave_operation(TaskState& task) {
  if (task.waits_in != nullptr) task.waits_in->take_out(task);
  task.dying = true;
  current_ = &task;
  task.fiber.resume();
  current_ = nullptr;
}

HarnessScope Kernel::begin_operation(const char* port_call) {
  const auto scope = enter_port(port_call);
  if (current_->node == kHarnessNode || ++operations_ != awaited_operation_ || !before_operation_) return {};
  operation_reached_ = true;
  loop_.wake_at(now(), *current_);
  suspend();
  return {};
}

void Kernel::pause(NodeId node, Time until) {
  HOLDFAST_CHECK(!in_fiber(), "a node is paused from outside its fibers");
  paused_until_[node] = until;
}

// A fiber that would have gone on while its node is paused has the same event again at the end.
void Kernel::resume_unless_paused(TaskState& task) {
  if (const auto paused = paused_until_.find(task.node); paused != paused_until_.end()) {
    if (now() < paused->second) return loop_.wake_at(paused->second, task);
    paused_until_.erase(paused);
  }
  resume(task);
}

void Kernel::finish(TaskState& task) {
  task.id = 0;
  --live_;
  loop_.renew(task);
  wake_all(task.joiners);
  free_.push_back(&task);
}

bool Kernel::step(Time limit) {
  const HarnessScope scope;
  Waker* waker = nullptr;
  const auto step = loop_.step(limit, waker);
  if (waker != nullptr) resume_unless_paused(static_cast<TaskState&>(*waker));
  return step != EventLoop::Step::none;
}

void Kernel::run_until(Time end) {
  HOLDFAST_CHECK(!in_fiber(), "a world is run from outside its fibers");
  limit_ = end;
  while (step(end)) {
  }
  if (end != kNever) loop_.advance_to(end);
}

bool Kernel::run_until(const TaskRef& task, Time latest) {
  HOLDFAST_CHECK(!in_fiber(), "a world is run from outside its fibers");
  limit_ = latest;
  while (!ended(task)) {
    if (!step(latest)) return false;
  }
  return true;
}

bool Kernel::run_until(const std::function<bool()>& done, Time latest) {
  HOLDFAST_CHECK(!in_fiber(), "a world is run from outside its fibers");
  limit_ = latest;
  watched_ = true;
  bool held = done();
  while (!held && step(latest)) held = done();
  watched_ = false;
  return held;
}

// First everybody is forgotten, then the bodies go: one may own what another waited for.
void Kernel::abandon_all() {
  HOLDFAST_CHECK(!in_fiber(), "a world is ended from outside its fibers");
  std::vector<std::function<void()>> bodies;
  for (auto& task : tasks_)
    if (task.id != 0) bodies.push_back(forget(task));
}

// What the bodies own may be half changed, and their destructors are code of the node.
void Kernel::kill(NodeId node) {
  HOLDFAST_CHECK(!in_fiber(), "a node is killed from outside its fibers");
  std::vector<TaskState*> dead;
  for (auto& task : tasks_) {
    if (task.id == 0 || task.node != node) continue;
    never_destroy(forget(task));
    dead.push_back(&task);
  }
  for (auto* task : dead) wake_all(task->joiners);
  paused_until_.erase(node);
  if (memory::Arena* memory = memory_of(node)) memory->free_all();
  note(PortCall::kill, node, dead.size());
}

std::function<void()> Kernel::forget(TaskState& task) {
  if (task.in_operation) leave_operation(task);
  if (task.waits_in != nullptr) task.waits_in->take_out(task);
  loop_.renew(task);
  task.id = 0;
  --live_;
  free_.push_back(&task);
  return task.fiber.abandon();
}

HarnessScope Kernel::enter_port(const char* port_call) const {
  base::check_no_lock_held(port_call);
  HOLDFAST_CHECK(in_fiber(), port_call);
  return {};
}

void Kernel::tell(PortCall call) {
  const memory::Allocating outside(nullptr);
  const bool in_fiber = current_ != nullptr;
  listener_({.time = now(),
             .node = current_node(),
             .fiber = in_fiber ? current_->id : 0,
             .fiber_name = in_fiber ? std::string_view(current_->name) : std::string_view(),
             .call = call,
             .what = what_,
             .outcome = outcome_,
             .hash = trace_.hash()});
  what_.clear();
  outcome_.clear();
}

std::string Kernel::describe() const {
  const std::string who = current_ != nullptr
                              ? "fiber " + std::to_string(current_->id) + " ('" + current_->name + "')"
                              : std::string("no fiber");
  return "running: " + who + "; last calls: " + trace_.recent(kDescribedCalls);
}

}  // namespace holdfast::world
