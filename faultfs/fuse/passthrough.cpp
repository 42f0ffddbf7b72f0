#include "faultfs/fuse/passthrough.h"

#include <cstdio>

namespace holdfast::faultfs {

Passthrough::Passthrough(int root_descriptor, const struct stat& root, std::uint64_t seed, Caching cached,
                         LineLog& fault_log, SyncLog& sync_log)
    : nodes(root_descriptor, root),
      faults(seed, fault_log),
      syncs(sync_log),
      caching(cached),
      workers_(kWorkers) {}

void Passthrough::on_interrupt(fuse_req_t request, void* ticket) {
  of(request).delays_.watch(reinterpret_cast<DelayQueue::Ticket>(ticket));
}

void Passthrough::carry_out(fuse_req_t request, const Judgement& judged,
                            std::move_only_function<void()> action) {
  const int error = judged.decision.error;
  const Duration delay = judged.decision.delay;
  Task task;
  if (error != 0) {
    task = [request, error] { fuse_reply_err(request, error); };
  } else {
    task = [this, action = std::move(action)]() mutable { workers_.submit(std::move(action)); };
  }
  if (delay.count() == 0) return task();

  const Time due = monotonic_now() + delay;
  const auto ticket = delays_.reserve(fuse_req_ctx(request)->pid);
  // Before scheduling: once scheduled, the request may be answered and gone at any moment.
  fuse_req_interrupt_func(request, on_interrupt, reinterpret_cast<void*>(ticket));
  delays_.schedule(ticket, due, std::move(task));
  // An arming that came in between has let go all it saw; this one it may not have seen.
  if (faults.arming() != judged.arming) delays_.hurry(ticket);
}

void Passthrough::retry_later(fuse_req_t request, Duration wait, Task task) {
  const auto ticket = delays_.reserve(fuse_req_ctx(request)->pid);
  delays_.schedule(ticket, monotonic_now() + wait, std::move(task));
}

void Passthrough::arm(FaultPlan plan) {
  faults.arm(std::move(plan));
  delays_.release_all();
  (void)faults.restore(nodes.root()->descriptor(), false);
  damage_at_rest();
}

std::uint64_t Passthrough::restore() { return faults.restore(nodes.root()->descriptor(), true); }

// What is due now at once, so that arming is acknowledged after it; the rest when its time comes. A
// timer of an older plan finds nothing due, or what is due by the new one.
void Passthrough::damage_at_rest() {
  const auto next = faults.damage_at_rest(nodes.root()->descriptor());
  if (!next) return;
  const auto ticket = delays_.reserve(0);
  delays_.schedule(ticket, *next, [this, arming = faults.arming()] {
    workers_.submit([this, arming] {
      if (faults.arming() == arming) damage_at_rest();
    });
  });
}

void Passthrough::settle() {
  settling_ = true;
  delays_.release_all();
  workers_.drain();
}

Call call_of(fuse_req_t request, Operation operation, const std::string& path) {
  return Call{.operation = operation,
              .path = path,
              .caller_pid = static_cast<std::uint32_t>(fuse_req_ctx(request)->pid),
              .caller_uid = fuse_req_ctx(request)->uid};
}

DescriptorPath::DescriptorPath(int descriptor) {
  std::snprintf(text_, sizeof text_, "/proc/self/fd/%d", descriptor);
}

}  // namespace holdfast::faultfs
