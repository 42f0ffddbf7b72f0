// The state of one mounted file system, and how a request passes through it:
//
//   kernel -> request thread -> judge() --no fault--------> answered here
//                                 |------may block--------> worker
//                                 |------delay----> timer -> worker (or the error, from the timer)
//
//   const Call call{.operation = Operation::mkdir, .path = path, .caller_pid = pid};
//   fs.perform(request, call, Place::here, [...](const Decision&) { ... fuse_reply_...; });
//
// Every operation decides first, then acts, then answers exactly once. What is done to a request
// runs either on the request thread or on a worker, never on two at a time.
#pragma once

// The version of libfuse's interface that every file here speaks.
#define FUSE_USE_VERSION 35
#include <fuse_lowlevel.h>

#include <atomic>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "faultfs/fuse/delay_queue.h"
#include "faultfs/fuse/durability.h"
#include "faultfs/fuse/faults.h"
#include "faultfs/fuse/kernel_channel.h"
#include "faultfs/fuse/kernel_passthrough.h"
#include "faultfs/fuse/kernel_share.h"
#include "faultfs/fuse/monotonic.h"
#include "faultfs/fuse/node_table.h"
#include "faultfs/fuse/open_handles.h"
#include "faultfs/fuse/power.h"
#include "faultfs/fuse/sync_log.h"
#include "faultfs/fuse/worker_pool.h"

namespace holdfast::faultfs {

inline constexpr std::size_t kWorkers = 8;

enum class Place { here, worker };

// Answers with what a system call said: 0, or -1 with errno.
inline void answer(fuse_req_t request, int result) { fuse_reply_err(request, result == 0 ? 0 : errno); }

class Passthrough {
 public:
  Passthrough(int root_descriptor, const struct stat& root, std::uint64_t seed, PathClasses classes,
              const KernelShare& share, bool power_may_fail, LineLog& fault_log, SyncLog& sync_log);

  NodeTable nodes;
  Power power;
  Durability durability;
  OpenHandles handles;
  Faults faults;
  SyncLog& syncs;
  KernelChannel channel;
  const KernelShare share;
  KernelPassthrough bytes;

  static Passthrough& of(fuse_req_t request) {
    return *static_cast<Passthrough*>(fuse_req_userdata(request));
  }

  template <class Action>
  void perform(fuse_req_t request, const Call& call, Place place, Action action);
  // What was judged by hand, under a hold of the power.
  template <class Action>
  void perform_judged(fuse_req_t request, const Judgement& judged, Place place, Action action);

  // Carries out a judgement that is not simply "go on at once, here". When the power fails before it goes
  // on, the answer is EIO.
  void carry_out(fuse_req_t request, const Judgement& judged, Task action);
  // The same for what must be done in any case.
  void carry_out_in_any_case(fuse_req_t request, const Judgement& judged, Task action);

  // Arms (an empty plan heals); requests held by the old plan go on at once. Returns when the kernel keeps
  // no name or attribute any more that the plan may meet.
  void arm(FaultPlan plan);
  // Takes what is not durable, and every open file; held requests go on at once and fail.
  PowerCutReport cut_power(const PowerCutRequest& cut);
  // What programs were promised to find after a power cut now.
  Promise promised();
  // Undoes what damage is remembered; how many places.
  std::uint64_t restore();
  // How long, in seconds, the kernel may keep a name or attribute that it is told now; a listing.
  double name_lease() const { return leases_names() ? kNameLeaseSeconds : 0; }
  bool leases_listings() const { return share.keeps_names && !faults.may_meet(kListings); }
  // Lets every held request go and waits until all work is answered. Only from the request thread.
  void settle();
  bool settling() const { return settling_.load(); }
  std::size_t delayed() const { return delays_.size(); }

  // The backing file lies in memory.
  bool in_memory(const Node& node) const { return memory_ == node.key().device; }
  // Where a sync is carried out: in memory it does not block.
  Place place_of_sync(const Node& node) const { return in_memory(node) ? Place::here : Place::worker; }

  // Open files are numbered in order.
  std::uint64_t next_handle() { return ++handles_; }
  std::uint64_t newest_handle() const { return handles_.load(); }

  // Later, without occupying anybody: how a blocked lock waits for its turn.
  void retry_later(fuse_req_t request, Duration wait, Task task);

 private:
  WorkerPool workers_;  // outlives the timer, which submits to it
  DelayQueue delays_;
  std::optional<dev_t> memory_;  // the backing directory's device, if it is memory
  std::atomic<bool> settling_{false};
  mutable std::atomic<bool> leased_{false};  // since the last arming
  std::atomic<std::uint64_t> handles_{0};
  const std::uint64_t seed_;

  static constexpr double kNameLeaseSeconds = std::chrono::duration<double>(kNameLease).count();
  static const OperationSet kNames;
  static const OperationSet kListings;

  bool leases_names() const;
  void await_leases();
  void damage_at_rest();
  static void on_interrupt(fuse_req_t request, void* ticket);
};

template <class Action>
void Passthrough::perform(fuse_req_t request, const Call& call, Place place, Action action) {
  const Power::Hold power_is_on = power.hold();
  if (power.is_dead(call.handle)) return static_cast<void>(fuse_reply_err(request, EIO));
  perform_judged(request, faults.judge(call), place, std::move(action));
}

template <class Action>
void Passthrough::perform_judged(fuse_req_t request, const Judgement& judged, Place place, Action action) {
  const Decision& decision = judged.decision;
  if (place == Place::here && decision.delay.count() == 0 && decision.error == 0) return action(decision);
  carry_out(request, judged, [action = std::move(action), decision]() mutable { action(decision); });
}

// A call on a node or a name, with the caller filled in. The path must outlive the call.
Call call_of(fuse_req_t request, Operation operation, const std::string& path);

// The name under which the kernel shows an O_PATH descriptor's file to calls that take a path.
class DescriptorPath {
 public:
  explicit DescriptorPath(int descriptor);
  const char* c_str() const { return text_; }

 private:
  char text_[32];
};

// The operations, by family; each file fills in its part of the table.
void add_name_operations(fuse_lowlevel_ops& table);
void add_attribute_operations(fuse_lowlevel_ops& table);
void add_extended_attribute_operations(fuse_lowlevel_ops& table);
void add_open_operations(fuse_lowlevel_ops& table);
void add_file_operations(fuse_lowlevel_ops& table);
void add_directory_operations(fuse_lowlevel_ops& table);

}  // namespace holdfast::faultfs
