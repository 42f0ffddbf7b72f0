// What a file system owes after a power cut, and what it may lose: told of each completed operation, it
// knows at any moment the bytes and names that no sync has made durable, and how to take them back.
//
//   ledger.wrote({inode, "spool/1.seg"}, offset, size, old_bytes, old_size);
//   ledger.named({.kind = NameChange::made, .directory = d, .name = "1.seg", .inode = inode});
//   const auto begin = ledger.moment();  ... fsync ...  ledger.synced(inode, begin);
//   ledger.directory_synced(d, begin);
//   const PowerCut cut = ledger.cut(seed, {});   // undo cut.names, then cut.files, in this order
//
// Bytes are durable after synced(), names after the sync of their directory, not before: POSIX promises no
// more, though ext4 and xfs let the sync of a new file keep its name too. What happens while a sync is under
// way is not covered by it. Bytes that a failed sync gave up are lost unless written again. Of un-synced
// bytes each sector of 512 is as after some write to it, or as it was; a file's size is as after some change
// of it. Of un-synced name changes those up to some moment stay, as a journal keeps them; one that two
// directories share is durable when either is synced, and with it what came before in both.
//
// Bounded: what it holds is at most kMostBytes and kMostNames; when crowded() the owner syncs everything
// and says so, and then calls clear(). Not thread-safe: the owner serialises. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/model/old_contents.h"

namespace holdfast::faultfs {

// Where bytes change.
struct BytePlace {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  bool tail = false;  // all from the offset on, and the size of the file
};

struct NameChange {
  enum Kind : std::uint8_t { made, removed, renamed, exchanged };
  Kind kind = made;
  std::uint64_t directory = 0;
  std::string name{};
  std::uint64_t inode = 0;
  std::uint64_t to_directory = 0;  // renamed, exchanged
  std::string to_name{};
  std::uint64_t replaced = 0;     // the inode that lost its name to a rename; 0: none
  std::string path{}, to_path{};  // as rules see them, for people
  std::uint64_t moment = 0;       // the ledger's
};

// How a file becomes what survived: these bytes written in order, then cut or stretched to this size.
struct FileUndo {
  std::uint64_t inode = 0;
  std::string path;  // when first written to since its sync
  std::vector<OldBytes> writes;
  std::uint64_t size = 0;
  std::uint64_t kept = 0, lost = 0, torn = 0;  // writes
};

enum class Fate : std::uint8_t { drawn, lost, kept };

struct CutOptions {
  Fate data = Fate::drawn;
  Fate names = Fate::drawn;
};

struct PowerCut {
  std::vector<NameChange> names;  // to be undone, the newest first
  std::vector<NameChange> kept_names;
  std::vector<FileUndo> files;
};

class DurabilityLedger {
 public:
  static constexpr std::size_t kMostBytes = 64 << 20;
  static constexpr std::size_t kMostNames = 100'000;
  static constexpr std::uint64_t kSector = 512;
  static constexpr std::size_t kCostOfChange = 128;  // what an un-synced write takes besides its bytes
  static constexpr std::size_t kCostOfSector = 64;   // ... and what taking it back takes

  struct File {
    std::uint64_t inode = 0;
    std::string path;
  };
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool operator==(const Range&) const = default;
  };

  // `old`: what the file held there, as far as it reached.
  void wrote(const File& file, std::uint64_t offset, std::uint64_t size, std::span<const std::byte> old,
             std::uint64_t old_size);
  // `old`: what lay behind the new end.
  void truncated(const File& file, std::uint64_t size, std::span<const std::byte> old,
                 std::uint64_t old_size);
  // One step that changed several places of a file, which was `old_size` long and is `size` long now; `old`:
  // what it held at each.
  void changed(const File& file, std::span<const BytePlace> places,
               std::span<const std::vector<std::byte>> old, std::uint64_t old_size, std::uint64_t size);
  // A write through O_SYNC or O_DSYNC: its sectors and the file's size are durable, other sectors not.
  void wrote_durably(std::uint64_t inode, std::uint64_t offset, std::uint64_t size, std::uint64_t file_size);
  // What a sync covers that begins now.
  std::uint64_t moment() const { return moment_; }
  void synced(std::uint64_t inode, std::uint64_t begin);
  // A sync that began then gave up what was dirty: no later one will write it. `told`: its caller heard of
  // it.
  void given_up(std::uint64_t inode, std::uint64_t begin, bool told);
  // What was dirty when a sync began is gone: the file is there as it was at its last one.
  void reverted(std::uint64_t inode, std::uint64_t begin);
  // Nobody can find the file any more.
  void forget(std::uint64_t inode) { reverted(inode, UINT64_MAX); }

  void named(NameChange change);
  // The changes that are durable from now on.
  std::vector<NameChange> directory_synced(std::uint64_t directory, std::uint64_t begin);

  bool crowded() const { return bytes_ > kMostBytes || names_.size() > kMostNames; }
  // Everything is durable. Its changes of names, as directory_synced() gives them.
  std::vector<NameChange> clear();

  // A cut leaves the name as it is seen.
  bool is_durable(std::uint64_t directory, std::string_view name) const;
  // ... these bytes of the file, however it chooses.
  bool is_durable(std::uint64_t inode, Range range) const;
  // Sorted, without overlap.
  std::vector<Range> unsynced(std::uint64_t inode) const;
  // Those of them of which no sync said that they are durable.
  std::vector<Range> unpromised(std::uint64_t inode) const;
  bool is_promised(std::uint64_t inode) const;  // all of it
  std::vector<File> unsynced_files() const;
  bool is_unsynced(std::uint64_t inode) const { return files_.contains(inode); }
  // How long an un-synced file was at its last sync.
  std::uint64_t durable_size(std::uint64_t inode) const { return files_.at(inode).durable_size; }
  const std::vector<NameChange>& unsynced_names() const { return names_; }

  // The same seed and history give the same cut.
  PowerCut cut(std::uint64_t seed, const CutOptions& options) const;

 private:
  struct Write {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    std::vector<std::byte> old;  // shorter where the file ended; zeros beyond
    std::uint64_t size_after = 0;
    bool cuts = false;  // a truncation: its bytes come back if and only if the size does
    std::uint64_t moment = 0;
    bool given_up = false;
    bool promised = false;  // given up, and nobody was told
  };
  struct Dirty {
    std::string path;
    std::uint64_t durable_size = 0;
    std::vector<Write> writes;
  };

  using Changes = std::map<std::string, std::size_t, std::less<>>;  // how many, by name

  std::map<std::uint64_t, Dirty> files_;
  std::vector<NameChange> names_;             // in order of completion
  std::map<std::uint64_t, Changes> changes_;  // by directory
  std::size_t bytes_ = 0;
  std::uint64_t moment_ = 0;  // changes so far

  void add(const File& file, std::uint64_t old_size, Write write);
  void count(const NameChange& change);
  void discount(const NameChange& change);
  void discount(std::uint64_t directory, const std::string& name);
  void replace_writes(std::map<std::uint64_t, Dirty>::iterator file, std::vector<Write> writes);
  static FileUndo undo_of(std::uint64_t inode, const Dirty& file, std::uint64_t seed, Fate fate);
  static void take_out(std::vector<Write>& writes, Range durable);
  static Range sectors_of(std::uint64_t offset, std::uint64_t size);
  static std::vector<Range> ranges_of(const std::vector<const Write*>& writes);
  static std::size_t cost_of(const Write& write) {
    return kCostOfChange + write.old.size() + kCostOfSector * (write.size / kSector);
  }
};

}  // namespace holdfast::faultfs
