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
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/control/protocol_json.h"
#include "faultfs/fuse/line_log.h"
#include "faultfs/model/injector.h"

namespace holdfast::faultfs {

struct Judgement {
  Decision decision;
  std::uint64_t arming = 0;  // which arming decided; compare with Faults::arming()
};

class Faults {
 public:
  Faults(std::uint64_t seed, LineLog& log);

  void arm(FaultPlan plan);
  // Damages files at rest as far as its time has come; says when there will be more, if ever.
  std::optional<Time> damage_at_rest(int root_descriptor);
  // Rises with every arm(): a delay decided by an older arming is void.
  std::uint64_t arming() const { return arming_.load(); }

  Judgement judge(const Call& call);
  // Some rule that may meet such an operation needs to know how long the file is.
  bool needs_file_size(Operation operation) const {
    return OperationSet::of_bits(needing_size_.load(std::memory_order_relaxed)).contains(operation);
  }

  // Some rule may meet one of these operations, on any path; on this one, or must be told of it.
  bool may_meet(OperationSet operations) const {
    return OperationSet::of_bits(meeting_.load(std::memory_order_relaxed)).overlaps(operations);
  }
  bool watches(OperationSet operations, std::string_view path) const;

  // What takes or gives back space, or tells of files that exist already.
  void made_inode();
  void adopt(std::uint64_t inode, std::uint64_t size);
  void truncated(std::uint64_t inode, std::uint64_t old_size, std::uint64_t size);
  void removed(std::uint64_t inode);
  // What a write that is decided to keep it is about to replace.
  void keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes);
  // Bytes still allocatable; nullopt while nothing limits them.
  std::optional<std::uint64_t> space_left();
  std::optional<std::uint64_t> inodes_left();

  // Fills in what it knows: rules, how often they fired, operations seen.
  void describe(MountStatus& status) const;

 private:
  mutable std::mutex mutex_;
  Injector injector_;
  std::atomic<std::uint64_t> arming_{0};
  std::atomic<std::uint64_t> needing_size_{0};  // sets of operations, as the armed rules have it
  std::atomic<std::uint64_t> asking_who_{0};
  std::atomic<std::uint64_t> meeting_{0};

  Judgement judge_known(const Call& call);
  std::array<std::uint64_t, kOperationCount> seen_{};
};

}  // namespace holdfast::faultfs
