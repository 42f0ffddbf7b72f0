// The FileSystem port over memory: one disk with a page cache, durable bytes, durable names, room,
// latency, and the faults of a plan. The oracle asks it what a power cut would leave.
//
//   MemoryDisk disk(kernel, injector, {.latency = 100us});
//   auto file = disk.open("/mnt/1.seg", OpenMode::creating());     // on a fiber
//   disk.durable("/mnt/1.seg", 0, 4096);                           // anywhere
//
// Every port call asks the injector about each operation the kernel would ask a file system for
// (paths relative to `mount_root`; outside it there are no faults and no limit of room), then takes
// the injected delay, and the latency of the device if it reaches that. It is a yield point even when
// it takes no time. The operation itself then happens in one instant; only a sync has two: what is
// dirty when it begins is what becomes durable when it ends. A delay ends early when another plan is
// armed or the faults are healed, which is also what ends a hang; damage at rest happens by itself, at the
// instant that its rule names.
//
// A failed sync gives up the bytes it was to write: they stay visible, are clean, and no later sync makes
// them durable. A failed sync_directory changes nothing; the next one covers the same names.
//
// What no sync has made durable is in a faultfs::DurabilityLedger, as on a faultfs mount, so that the same
// history and seed lose the same in both worlds; when that is crowded everything is synced, and settled()
// counts it. A crash of a node (release_handles) loses nothing by itself: a sync that has reached the device
// arrives. After a power cut, which no open file survives, it does not.
#pragma once

#include <array>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/env/file_system.h"
#include "faultfs/model/durability_ledger.h"
#include "faultfs/model/injector.h"
#include "faultfs/model/power_cut.h"
#include "faultfs/model/space_budget.h"
#include "simulator/world/virtual/inode.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

struct DiskSettings {
  Duration latency{0};                                 // of each sync, of a file or a directory
  std::map<faultfs::Operation, Duration> latencies{};  // of these operations instead; others take none
  std::optional<std::uint64_t> capacity =
      std::nullopt;                 // bytes of file data under mount_root; unset: no limit
  std::string mount_root = "/mnt";  // created at the start, durable
};

template <class T>
using Answer = std::expected<T, int>;  // inside the disk an error is an errno

class MemoryDisk final : public FileSystem {
 public:
  MemoryDisk(Kernel& kernel, faultfs::Injector& injector, DiskSettings settings);
  ~MemoryDisk() override;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status make_directory(const std::string& path) override;
  Status remove_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileStat> stat(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<Space> space(const std::string& path) override;

  // For the oracle, from anywhere, without cost in virtual time.
  // Every name along `path` is durable, and a power cut now would leave [begin, end) as it is seen.
  bool durable(const std::string& path, std::uint64_t begin, std::uint64_t end) const;
  // What the worst power cut would leave under this name; nullopt: no such file.
  std::optional<ByteBuffer> durable_bytes(const std::string& path) const;
  std::optional<ByteBuffer> visible_bytes(const std::string& path) const;
  // Every file that is seen below a directory, by its path, in byte order; none when it is no directory.
  std::vector<std::string> files_below(const std::string& directory) const;
  // Syncs of files that succeeded.
  std::uint64_t syncs() const { return syncs_; }
  // How often so much was un-synced that all of it was made durable.
  std::uint64_t settled() const { return settled_; }

  // A crash of the node closes its files and releases its locks, without a word to it. A sync of its
  // that has reached the device arrives when it would have, unless the power fails before.
  void release_handles(NodeId node);
  // Between events, when no file is open: takes of what is not durable what the seed draws.
  faultfs::PowerCutReport power_cut(std::uint64_t seed, const faultfs::CutOptions& options = {});

 private:
  friend class MemoryFile;
  class Device;

  struct Handle {
    InodePtr inode;
    OpenMode mode;
    NodeId node = kHarnessNode;
    std::uint64_t number = 0;
  };
  struct Place {
    InodePtr parent;  // null for the root
    std::string name;
    InodePtr inode;  // null: there is no such name
  };
  struct Request {
    faultfs::Operation operation;
    std::string_view path;  // absolute
    const Inode* inode = nullptr;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool new_name = false;
    std::string_view target = {};  // absolute
    bool for_writing = false;
    bool exclusive = false;
    bool by_handle = false;
    std::optional<OpenMode> mode = std::nullopt;  // of the open file, or of the file that is opened
    std::uint64_t handle = 0;
  };

  // Asks for faults, then blocks for as long as the operation takes.
  faultfs::Decision pass(const Request& request);
  // The steps of that.
  faultfs::Decision decide(const Request& request);
  void wait_for(const faultfs::Decision& decision);
  Time after_device(faultfs::Operation operation) const;
  // On an open file, with where and how much.
  Request on(Handle& handle, faultfs::Operation operation, std::uint64_t offset = 0, std::uint64_t size = 0);
  faultfs::Call call_of(const Request& request, std::string_view path) const;
  void on_arming();
  void restore();
  void restore_below(const Inode& directory);
  void damage_at_rest();
  void damage_below(const Inode& directory, const std::string& prefix, const faultfs::Rule& rule);
  std::optional<std::string_view> within_mount(std::string_view path) const;

  int look_up(std::string_view path);
  Answer<Place> locate(const std::string& path) const;
  Answer<Place> locate_existing(const std::string& path) const;
  Answer<Place> locate_directory(const std::string& path) const;
  const std::string& path_of(Inode& inode);

  Answer<std::uint64_t> do_open(const std::string& path, OpenMode mode);
  Answer<InodePtr> create(const Place& place, const std::string& path, bool directory);
  Answer<void> do_rename(const std::string& from, const std::string& to);
  Answer<void> do_remove(const std::string& path);
  Answer<void> do_make_directory(const std::string& path);
  Answer<void> do_remove_directory(const std::string& path);
  Answer<std::vector<std::string>> do_list(const std::string& path);
  Answer<FileStat> do_stat(const std::string& path);
  Answer<void> do_sync_directory(const std::string& path);
  Answer<Space> do_space(const std::string& path);

  // Of an open file.
  Answer<std::size_t> read(Handle& handle, std::uint64_t offset, std::span<std::byte> into);
  Answer<std::size_t> write(Handle& handle, std::uint64_t offset, Bytes bytes);
  ByteBuffer damaged_bytes(const Inode& inode, std::uint64_t offset, Bytes bytes,
                           const faultfs::Decision& passage);
  void write_whole(Inode& inode, std::uint64_t offset, Bytes bytes);
  void write_pieces(Inode& inode, std::uint64_t offset, Bytes bytes, const faultfs::Decision& passage);
  Answer<void> allocate(Handle& handle, std::uint64_t offset, std::uint64_t length);
  Answer<void> truncate(Handle& handle, std::uint64_t size);
  Answer<std::uint64_t> size(Handle& handle);
  Answer<void> sync(Handle& handle);
  faultfs::Decision end_sync(Inode& inode);
  void leave_sync(const InodePtr& inode);
  void revert(Inode& inode, const faultfs::Reversal& reversal);
  Answer<bool> try_lock(std::uint64_t number, Handle& handle);
  Answer<void> close(std::uint64_t number);
  void release(std::uint64_t number);

  void cut(Inode& inode, std::uint64_t size);
  void lose_name(Inode& inode);
  void give_room_back(Inode& inode);
  void free_if_unused(Inode& inode);

  // The account of what is not durable; paths are as rules see them.
  faultfs::DurabilityLedger::File as_known(Inode& inode);
  std::string known_path(std::string_view path) const;
  Bytes old_bytes(const Inode& inode, std::uint64_t offset, std::uint64_t size);
  // A change of these places of the file is made by `change`, and known.
  void change_places(Inode& inode, std::span<const faultfs::BytePlace> places,
                     const std::function<void()>& change);
  void note_made(const Place& place, const Inode& inode, const std::string& path);
  void note_removed(const Place& place, const std::string& path);
  void note_renamed(const Place& from, const std::string& path, const Place& to, const std::string& to_path);
  void lost_for_good(const std::vector<faultfs::NameChange>& durable);
  void settle_when_crowded();

  Kernel& kernel_;
  faultfs::Injector& injector_;
  DiskSettings settings_;
  std::string mount_root_;  // normal form: "" is the root, otherwise "/mnt"
  faultfs::SpaceBudget capacity_;
  std::array<Duration, faultfs::kOperationCount> latency_{};
  InodePtr root_;
  std::map<std::uint64_t, InodePtr> inodes_;  // all of them: those, too, that only a power cut can bring back
  faultfs::DurabilityLedger ledger_;
  std::uint64_t settled_ = 0;
  std::uint64_t power_cuts_ = 0;
  ByteBuffer old_;    // what a write replaces
  WaitList delayed_;  // operations that a fault holds
  std::map<std::uint64_t, Handle> handles_;
  static constexpr std::uint64_t kRootInode = 1;
  std::uint64_t next_inode_ = kRootInode + 1;
  std::uint64_t next_handle_ = 1;
  std::uint64_t path_epoch_ = 1;
  std::uint64_t syncs_ = 0;
};

}  // namespace holdfast::world
