// Files whose bytes the kernel moves between program and backing file by itself, at nearly the speed of the
// backing file (kernel passthrough, 6.9 and later). No rule meets what is read, written or mapped there.
//
//   KernelPassthrough bytes(PassthroughMode::automatic, channel, is_met);
//   const auto way = bytes.opened(node, true);      // before the open is answered
//   if (way.backing != 0) KernelChannel::back_next_open(way.backing);
//   ...
//   bytes.closed(node);                             // once for each opened() that had a backing
//
// It is decided for an inode, by its first open: only where no armed rule may meet a read or write of it.
// While such an inode is open the kernel insists that all its opens have the same backing file, so one
// that is opened when a rule may meet it has the backing too, but its reads and writes arrive (mapped
// memory does not). A plan that is armed later reaches nothing of the handles opened before; how many
// its rules miss for that is counted by bypassing(). Where the kernel refuses, the file is opened as
// without this. Safe from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "faultfs/fuse/kernel_channel.h"
#include "faultfs/fuse/kernel_share.h"

namespace holdfast::faultfs {

class Node;

class KernelPassthrough {
 public:
  // An armed rule may meet a read or a write of this file.
  using IsMet = std::function<bool(const Node&)>;

  // `obstacle`: why nothing may be passed through on this mount whatever the mode; empty: nothing.
  KernelPassthrough(PassthroughMode mode, std::string obstacle, KernelChannel& channel, IsMet is_met);

  struct Way {
    std::int32_t backing = 0;  // 0: none, everything arrives
    bool arrives = true;       // reads and writes do, in spite of the backing
  };
  // `may_begin`: it is not open by a handle without a backing, and nothing else speaks against it.
  Way opened(const Node& node, bool may_begin);
  void closed(const Node& node);

  // Open handles with a backing whose file a rule may meet.
  std::uint64_t bypassing() const;

  struct Account {
    PassthroughMode mode = PassthroughMode::off;
    std::uint64_t handles = 0;  // open, with a backing
    std::uint64_t refused = 0;  // opens that should have had one
    std::string reason;         // of the newest refusal, or the obstacle
  };
  Account account() const;

 private:
  struct Backing {
    std::int32_t number;
    std::uint64_t handles;
  };

  const PassthroughMode mode_;
  const bool hindered_;
  KernelChannel& channel_;
  const IsMet is_met_;
  mutable std::mutex mutex_;
  std::unordered_map<const Node*, Backing> backings_;  // never iterated where order shows
  std::uint64_t refused_ = 0;
  std::string reason_;

  void refuse(int error);
};

}  // namespace holdfast::faultfs
