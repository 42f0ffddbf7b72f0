#include "simulator/world/virtual/fiber.h"

#include <cxxabi.h>

#include <boost/context/fiber.hpp>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/check.h"
#include "simulator/world/virtual/harness_scope.h"

#ifdef HOLDFAST_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef HOLDFAST_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace holdfast::world {
namespace {

using Continuation = boost::context::fiber;
static_assert(sizeof(Continuation) == sizeof(void*), "a continuation must fit the raw storage of a Fiber");

Continuation& as_continuation(std::array<std::byte, sizeof(void*)>& storage) {
  return *std::launder(reinterpret_cast<Continuation*>(storage.data()));
}

// The stack belongs to the Fiber and outlives what runs on it.
struct KeepStack {
  boost::context::stack_context allocate() { return {}; }
  void deallocate(boost::context::stack_context&) noexcept {}
};

[[gnu::noinline]] int& error_number() { return errno; }

// Tells AddressSanitizer which stack comes next; without it both do nothing.
void start_switch([[maybe_unused]] void** save, [[maybe_unused]] const void* bottom,
                  [[maybe_unused]] std::size_t bytes) {
#ifdef HOLDFAST_ASAN
  __sanitizer_start_switch_fiber(save, bottom, bytes);
#endif
}
void finish_switch([[maybe_unused]] void* saved, [[maybe_unused]] const void** bottom,
                   [[maybe_unused]] std::size_t* bytes) {
#ifdef HOLDFAST_ASAN
  __sanitizer_finish_switch_fiber(saved, bottom, bytes);
#endif
}

// ThreadSanitizer takes a fiber for a thread: begun in order, resumed without any (so that only what the
// program does orders it after others), left in order. Without it they do nothing.
void* make_thread() {
#ifdef HOLDFAST_TSAN
  const unsigned scopes = HarnessScope::exchange(0);
  void* thread = __tsan_create_fiber(0);
  HarnessScope::exchange(scopes);
  return thread;
#else
  return nullptr;
#endif
}
// Gives the thread that is left.
void* enter_thread([[maybe_unused]] void* thread) {
#ifdef HOLDFAST_TSAN
  void* outer = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(thread, __tsan_switch_to_fiber_no_sync);
  return outer;
#else
  return nullptr;
#endif
}
void leave_thread([[maybe_unused]] void* outer) {
#ifdef HOLDFAST_TSAN
  __tsan_switch_to_fiber(outer, 0);
#endif
}
void free_thread([[maybe_unused]] void* thread) {
#ifdef HOLDFAST_TSAN
  __tsan_destroy_fiber(thread);
#endif
}

}  // namespace

// Swaps this record with the thread's own: the same call before and after a switch.
void Fiber::Runtime::exchange() {
  auto* globals = reinterpret_cast<std::byte*>(abi::__cxa_get_globals());
  std::array<std::byte, sizeof exceptions> other;
  std::memcpy(other.data(), globals, other.size());
  std::memcpy(globals, exceptions.data(), exceptions.size());
  exceptions = other;
  error = std::exchange(error_number(), error);
  arena = memory::exchange_current(arena);
}

void Fiber::start(std::function<void()> body, memory::Arena* arena) {
  HOLDFAST_CHECK(!active(), "a fiber runs one body at a time");
  body_ = std::move(body);
  runtime_ = {.arena = arena};
  fake_stack_ = nullptr;
  stack_.make_fresh();
  thread_ = make_thread();
  create();
  state_ = State::suspended;
}

void Fiber::create() {
  const std::size_t bytes = FiberStack::bytes();
  boost::context::stack_context context;
  context.sp = stack_.top();
  context.size = bytes;
  const boost::context::preallocated place(context.sp, bytes, context);
  ::new (inside_.data()) Continuation(std::allocator_arg, place, KeepStack{}, [this](Continuation&& outside) {
    finish_switch(nullptr, &outer_bottom_, &outer_bytes_);
    ::new (outside_.data()) Continuation(std::move(outside));
    enter();
    return Continuation();  // never reached
  });
}

// The last suspend is an ordinary one that is never answered; the stack is simply used again.
void Fiber::enter() {
  [this]() noexcept { body_(); }();
  drop_body();
  release(this);  // to those who join
  state_ = State::ended;
  leave();
  HOLDFAST_CHECK(false, "a fiber that ended was resumed");
}

// What the body owns is destroyed by the fiber; the place it lay in is the world's, for the next body.
void Fiber::drop_body() {
  std::function<void()> body;
  const HarnessScope scope;
  body.swap(body_);
}

bool Fiber::resume() {
  HOLDFAST_CHECK(state_ == State::suspended, "only a suspended fiber can be resumed");
  state_ = State::running;
  runtime_.exchange();
  const unsigned scopes = HarnessScope::exchange(0);
  void* fake_stack = nullptr;
  start_switch(&fake_stack, stack_.bottom(), FiberStack::bytes());
  outer_thread_ = enter_thread(thread_);
  Continuation next = std::move(as_continuation(inside_)).resume();
  finish_switch(fake_stack, nullptr, nullptr);
  ::new (inside_.data()) Continuation(std::move(next));
  HarnessScope::exchange(scopes);
  runtime_.exchange();
  if (state_ == State::ended) forget_stack();
  return state_ == State::ended;
}

void Fiber::suspend() {
  HOLDFAST_CHECK(state_ == State::running, "only a running fiber can suspend");
  state_ = State::suspended;
  const unsigned scopes = HarnessScope::exchange(0);
  leave();
  finish_switch(fake_stack_, &outer_bottom_, &outer_bytes_);
  HarnessScope::exchange(scopes);
}

void Fiber::leave() {
  start_switch(&fake_stack_, outer_bottom_, outer_bytes_);
  leave_thread(outer_thread_);
  Continuation next = std::move(as_continuation(outside_)).resume();
  ::new (outside_.data()) Continuation(std::move(next));
}

std::function<void()> Fiber::abandon() {
  HOLDFAST_CHECK(state_ != State::running, "a running fiber cannot be abandoned");
  if (state_ != State::suspended) return {};
  state_ = State::idle;
  forget_stack();
  return std::exchange(body_, nullptr);
}

// What the sanitizers keep of what ran here.
void Fiber::forget_stack() {
  free_thread(std::exchange(thread_, nullptr));
  free_fake_stack();
}

// AddressSanitizer frees a fake stack when it is left for good. Frames of the fiber may live there, so
// this is done from outside: pretend to go there, and leave.
void Fiber::free_fake_stack() {
  if (fake_stack_ == nullptr) return;
  void* own = nullptr;
  const void* bottom = nullptr;
  std::size_t bytes = 0;
  start_switch(&own, stack_.bottom(), FiberStack::bytes());
  finish_switch(std::exchange(fake_stack_, nullptr), &bottom, &bytes);
  start_switch(nullptr, bottom, bytes);
  finish_switch(own, nullptr, nullptr);
}

}  // namespace holdfast::world
