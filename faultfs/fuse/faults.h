// The injector as the daemon's threads share it: one lock around decision, accounting and log.
//
//   Judgement judged = faults.judge({Operation::fsync, path}, pid);
//   if (judged.decision.error != 0) ...
//
// Each decision is in the log before judge() returns. Safe from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/control/protocol_json.h"
#include "faultfs/fuse/line_log.h"
#include "faultfs/fuse/trace.h"
#include "faultfs/model/coverage.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {

struct Judgement {
  Decision decision;
  std::uint64_t arming = 0;  // which arming decided; compare with Faults::arming()
};

// A file as the backing directory has it.
struct SeenFile {
  std::uint64_t inode = 0;  // space_id()
  std::uint64_t size = 0;
  std::string_view path;
  std::uint32_t owner = 0;
};

class Faults {
 public:
  Faults(std::uint64_t seed, PathClasses classes, LineLog& log);

  void arm(FaultPlan plan);
  // Damages files at rest as far as its time has come; says when there will be more, if ever.
  std::optional<Time> damage_at_rest(int root_descriptor);
  // Undoes damage, where nobody has written over it since: what heals with its rule and whose rules have
  // changed, or all. How many places were put back.
  std::uint64_t restore(int root_descriptor, bool all);
  void keep_undamaged(const Call& call, std::span<const std::byte> before, std::span<const std::byte> after,
                      bool heals);
  // Holes were made, or ranges moved: there is nothing to restore any more.
  void forget_damage(std::uint64_t inode);
  // Rises with every arm(): a delay decided by an older arming is void.
  std::uint64_t arming() const { return arming_.load(); }

  // Logged before it returns; a caller that is to be killed has got its signal then.
  Judgement judge(const Call& call);
  // Called when a rule has cut the mount off from its callers. Set before the first request.
  void when_disconnected(std::function<void()> listener) { disconnected_ = std::move(listener); }
  // Some rule that may meet such an operation needs to know how long the file is.
  bool needs_file_size(Operation operation) const {
    return OperationSet::of_bits(needing_size_.load(std::memory_order_relaxed)).contains(operation);
  }

  // Some rule may meet one of these operations, on any path; on this one, or must be told of it.
  bool may_meet(OperationSet operations) const {
    return OperationSet::of_bits(meeting_.load()).overlaps(operations);
  }
  bool watches(OperationSet operations, std::string_view path) const;

  // What takes or gives back space, or tells of files that exist already.
  void made_inode(std::string_view path, std::uint32_t owner);
  void adopt(const SeenFile& file);
  void truncated(const SeenFile& before, std::uint64_t size);
  void removed(const SeenFile& file);
  // A failed sync or a power cut has made a file what it was; it is there again.
  void reverted(const SeenFile& before, const Reversal& reversal);
  void brought_back(const SeenFile& file);
  // What a write that is decided to keep it is about to replace.
  void keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes);
  // Nobody has anything open any more, and nothing is un-synced.
  void power_was_cut();
  // What rules leave at this path.
  SpaceLeft space_left(std::string_view path);

  // Fills in what it knows: rules, how often they fired, operations seen.
  void describe(MountStatus& status) const;
  CoverageReport coverage() const;
  Trace& trace() { return trace_; }

 private:
  std::function<void()> disconnected_;
  mutable std::mutex mutex_;
  Injector injector_;
  std::atomic<std::uint64_t> arming_{0};
  std::atomic<std::uint64_t> needing_size_{0};  // sets of operations, as the armed rules have it
  std::atomic<std::uint64_t> asking_who_{0};
  std::atomic<std::uint64_t> meeting_{0};

  Judgement judge_known(const Call& call);
  Judgement judge_caller(const Call& call);
  void count(const Call& call, const Decision& decision);
  std::array<OperationCount, kOperationCount> seen_{};
  Trace trace_;
  Coverage coverage_;
};

}  // namespace holdfast::faultfs
