#include "faultfs/fuse/passthrough.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <cstdio>
#include <thread>

namespace holdfast::faultfs {
namespace {

// Why the daemon must see every write, whatever the rules; empty where it need not.
std::string needs_every_write(const SyncLog& syncs, bool power_may_fail) {
  if (power_may_fail) return "a power cut must know every write";
  return syncs.on() ? "the sync log must see every write" : "";
}

std::optional<dev_t> device_in_memory(int descriptor, const struct stat& status) {
  struct statfs system {};
  const bool is_memory =
      ::fstatfs(descriptor, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
  return is_memory ? std::optional(status.st_dev) : std::nullopt;
}

}  // namespace

const OperationSet Passthrough::kNames = {Operation::lookup, Operation::getattr};
const OperationSet Passthrough::kListings = {Operation::readdir};

Passthrough::Passthrough(int root_descriptor, const struct stat& root, std::uint64_t seed,
                         PathClasses classes, const KernelShare& share_given, bool power_may_fail,
                         LineLog& fault_log, SyncLog& sync_log)
    : nodes(root_descriptor, root),
      power(power_may_fail),
      durability(power_may_fail, root_descriptor),
      faults(seed, std::move(classes), fault_log),
      syncs(sync_log),
      share(share_given),
      bytes(share.passthrough, needs_every_write(sync_log, power_may_fail), channel,
            [this](const Node& node) {
              return faults.watches({Operation::read, Operation::write}, nodes.path_of(node));
            }),
      workers_(kWorkers),
      memory_(device_in_memory(root_descriptor, root)),
      seed_(seed) {}

// Looked at again once it is marked: whoever arms changes the rules first, and looks at the mark after. So
// either the new rules are seen here, or the mark is seen there.
bool Passthrough::leases_names() const {
  if (!share.keeps_names || faults.may_meet(kNames)) return false;
  if (!leased_) leased_ = true;
  return !faults.may_meet(kNames);
}

// The plan is armed, so nothing new is leased that it may meet. Twice as long as the lease: the kernel
// counts in ticks, from when it is told. Listings need no waiting: whether one is kept is said anew whenever
// its directory is opened.
void Passthrough::await_leases() {
  if (faults.may_meet(kNames) && leased_.exchange(false)) std::this_thread::sleep_for(2 * kNameLease);
}

void Passthrough::on_interrupt(fuse_req_t request, void* ticket) {
  of(request).delays_.watch(reinterpret_cast<DelayQueue::Ticket>(ticket));
}

void Passthrough::carry_out(fuse_req_t request, const Judgement& judged, Task action) {
  carry_out_in_any_case(request, judged,
                        [this, request, cuts = power.cuts(), action = std::move(action)]() mutable {
                          const Power::Hold power_is_on = power.hold();
                          if (power.cuts() == cuts) return action();
                          fuse_reply_err(request, EIO);
                        });
}

void Passthrough::carry_out_in_any_case(fuse_req_t request, const Judgement& judged, Task action) {
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
  await_leases();
  (void)faults.restore(nodes.root()->descriptor(), false);
  damage_at_rest();
}

// Of one seed each further cut is another.
PowerCutReport Passthrough::cut_power(const PowerCutRequest& cut) {
  PowerCutReport report;
  power.cut(handles_, [&] {
    report = durability.cut(cut.seed.value_or(seed_ + power.cuts() - 1), cut.options, faults);
    faults.power_was_cut();
  });
  delays_.release_all();
  return report;
}

Promise Passthrough::promised() {
  Promise promise;
  power.while_nobody_acts([&] { promise = durability.promised(); });
  return promise;
}

std::uint64_t Passthrough::restore() { return faults.restore(nodes.root()->descriptor(), true); }

// What is due now at once, so that arming is acknowledged after it; the rest when its time comes. A
// timer of an older plan finds nothing due, or what is due by the new one.
void Passthrough::damage_at_rest() {
  const auto next = faults.damage_at_rest(nodes.root()->descriptor());
  if (!next) return;
  const auto ticket = delays_.reserve(std::nullopt);
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
              .request = Passthrough::of(request).channel.request(),
              .caller_uid = fuse_req_ctx(request)->uid};
}

DescriptorPath::DescriptorPath(int descriptor) {
  std::snprintf(text_, sizeof text_, "/proc/self/fd/%d", descriptor);
}

}  // namespace holdfast::faultfs
