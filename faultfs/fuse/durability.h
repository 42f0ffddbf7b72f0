// What no sync has made durable on this mount, and the power cut that takes it away.
//
//   ssize_t done = durability.change_bytes({node, path, {&place, 1}}, [&] { return ::pwrite(...); });
//   int made = durability.make({parent, "1.seg", path}, [&] { return ::mkdirat(...); });
//   const auto begin = durability.moment();  ...fsync...  durability.synced(node, begin);
//   const Promise promise = durability.promised();              // both while no request acts
//   const PowerCutReport report = durability.cut(seed, {}, faults);
//
// A change and its account are one step: changes come one at a time, syncs beside them. `change` answers as
// system calls do: negative, with errno, when nothing was changed. What is un-synced is bounded
// (DurabilityLedger, and a quarter of the process's descriptors): beyond that everything is synced, and
// `settled` says so; as where a descriptor was missing, or what was there could not be read. Off: changes and
// nothing else. Safe from any thread.
#pragma once

#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "faultfs/fuse/faults.h"
#include "faultfs/fuse/inode_pins.h"
#include "faultfs/fuse/node_table.h"
#include "faultfs/model/durability_json.h"
#include "faultfs/model/durability_ledger.h"
#include "faultfs/model/promise_json.h"
#include "faultfs/model/written_sectors.h"

namespace holdfast::faultfs {

struct ByteChange {
  const Node& node;
  const std::string& path;
  std::span<const BytePlace> places;
  bool durable = false;  // when `change` returns
  // What the program meant to write, and where, whatever arrives; empty: nobody can say what is there now.
  std::uint64_t offset = 0;
  std::span<const std::byte> meant{};
  bool counts = false;  // `change` says how many bytes of it were written
  bool partly = false;  // something may have been changed though `change` failed
};

// A name that comes or goes.
struct NamePlace {
  const Node& directory;
  const std::string& name;
  const std::string& path;  // as rules see it
};

class Durability {
 public:
  // `root`: a descriptor of the backing directory, which stays the caller's.
  Durability(bool on, int root);

  bool on() const { return on_; }

  template <class Change>
  auto change_bytes(const ByteChange& what, Change change) -> decltype(change()) {
    if (!on_) return change();
    const std::lock_guard lock(mutex_);
    const Before before = look_at(what);
    const auto result = change();
    const int error = errno;
    note(what, before, result);
    errno = error;
    return result;
  }

  // `make` makes an inode with this name; `link` only a name.
  template <class Make>
  int make(const NamePlace& place, Make make) {
    return link(place, [&] {
      const int result = make();
      if (on_ && result >= 0) note_inode(place);
      return result;
    });
  }
  template <class Link>
  int link(const NamePlace& place, Link link) {
    if (!on_) return link();
    const std::lock_guard lock(mutex_);
    const int result = link();
    if (result >= 0) note_made(place);
    return result;
  }
  // An inode was made without a name.
  void made_nameless(const struct stat& status);
  template <class Remove>
  int remove(const NamePlace& place, Remove remove) {
    if (!on_) return remove();
    const std::lock_guard lock(mutex_);
    const Descriptor gone = look_at(place);
    const int result = remove();
    if (result >= 0) note_removed(place, gone);
    return result;
  }
  template <class Rename>
  int rename(const NamePlace& from, const NamePlace& to, bool exchange, Rename rename) {
    if (!on_) return rename();
    const std::lock_guard lock(mutex_);
    const std::uint64_t source = inode_at(from);
    const Descriptor target = look_at(to);
    const int result = rename();
    if (result >= 0) note_renamed(from, source, to, target, exchange);
    return result;
  }

  // The last handle of a file that has no name is closed.
  void closed_nameless(const Node& file);

  // What a sync covers that begins now.
  std::uint64_t moment() const;
  void synced(const Node& file, std::uint64_t begin);
  void directory_synced(const Node& directory, std::uint64_t begin);
  // A failed sync: its bytes are still seen and will never be written, whether its caller was told or not.
  void given_up(const Node& file, std::uint64_t begin, bool told);
  // ... or the file is made what it was, by `revert`, which is true when it succeeds.
  template <class Revert>
  bool revert(const Node& file, std::uint64_t begin, Revert revert) {
    if (!on_) return revert();
    const std::lock_guard lock(mutex_);
    const bool done = revert();
    const int error = errno;
    if (done) note_reverted(file, begin);
    errno = error;
    return done;
  }

  UnsyncedReport unsynced() const;
  // What is durable, as programs were told.
  Promise promised() const;
  // The same seed and history give the same loss. What goes gives its room back.
  PowerCutReport cut(std::uint64_t seed, const CutOptions& options, Faults& faults);

 private:
  class Backing;
  struct Before {
    std::uint64_t size = 0;
    std::vector<std::vector<std::byte>> old;  // by place
    std::vector<std::byte> around;            // in the sectors of what is meant
    bool unknown = false;                     // too much to be kept, or it could not be read
  };

  using NameIn = std::pair<std::uint64_t, std::string>;  // a directory's inode
  static constexpr std::size_t kMostGone = 100'000;

  const bool on_;
  const int root_;
  const std::size_t most_pins_;
  Descriptor sync_;           // of the backing file system
  bool must_settle_ = false;  // something could not be kept within reach
  mutable std::mutex mutex_;
  DurabilityLedger ledger_;
  InodePins pins_;  // of un-synced files, of directories with un-synced names, and of what lost its name
  std::uint64_t settled_ = 0;
  WrittenSectors written_;
  std::set<NameIn> gone_;  // that were durably removed and not durably made again

  static Before look_at(const ByteChange& what);
  static std::uint64_t inode_at(const NamePlace& place);
  Descriptor look_at(const NamePlace& place);
  void note(const ByteChange& what, const Before& before, std::int64_t result);
  void note_changed(const ByteChange& what, const Before& before);
  void note_meant(const ByteChange& what, const Before& before);
  void note_inode(const NamePlace& place);
  void note_made(const NamePlace& place);
  void note_reverted(const Node& file, std::uint64_t begin);
  void note_removed(const NamePlace& place, const Descriptor& gone);
  void note_renamed(const NamePlace& from, std::uint64_t source, const NamePlace& to,
                    const Descriptor& target, bool exchange);
  void pin(std::uint64_t inode, int descriptor);
  void pin(const Node& node);
  void forget_when_gone(std::uint64_t inode);
  void unpin(const std::vector<NameChange>& durable);
  void note_durable(const std::vector<NameChange>& changes);
  void promise_gone(std::uint64_t directory, const std::string& path, Promise& promise) const;
  void promise_file(std::uint64_t inode, PromisedFile file, std::uint64_t size, Promise& promise) const;
  template <class Change>
  void change_file(const Node& file, Change change);
  void settle_when_crowded();
  void sync_everything();
};

}  // namespace holdfast::faultfs
