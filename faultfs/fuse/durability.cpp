#include "faultfs/fuse/durability.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// Other descriptors are needed for what the kernel knows and programs have open.
std::size_t part_of_descriptors() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur / 4 : 0;
}

std::uint64_t size_of(const Node& node) {
  struct stat status {};
  return ::fstat(node.descriptor(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// 0 where there is none.
std::uint64_t inode_of(const Descriptor& descriptor) {
  struct stat status {};
  return descriptor && ::fstat(*descriptor, &status) == 0 ? space_id(key_of(status)) : 0;
}

std::uint64_t id_of(const Node& node) { return space_id(node.key()); }

}  // namespace

Durability::Durability(bool on, int root)
    : on_(on),
      root_(root),
      most_pins_(part_of_descriptors()),
      sync_(on ? ::openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1) {}

std::uint64_t Durability::moment() const {
  if (!on_) return 0;
  const std::lock_guard lock(mutex_);
  return ledger_.moment();
}

Durability::Before Durability::look_at(const ByteChange& what) {
  Before before{.size = size_of(what.node)};
  const DescriptorPath file(what.node.descriptor());
  std::uint64_t needed = 0;
  for (const BytePlace& place : what.places) {
    const std::uint64_t behind = before.size - std::min(before.size, place.offset);
    const std::uint64_t size = place.tail ? behind : std::min(behind, place.size);
    needed += size;
    if (needed > DurabilityLedger::kMostBytes) return {.unknown = true};
    auto old = bytes_there(file.c_str(), place.offset, size);
    if (!old) return {.unknown = true};
    before.old.push_back(*std::move(old));
  }
  if (what.meant.empty()) return before;
  const std::uint64_t begin = WrittenSectors::first_byte(what.offset);
  const std::uint64_t end = WrittenSectors::behind(what.offset + what.meant.size());
  auto around = bytes_there(file.c_str(), begin, end - begin);
  if (!around) return {.unknown = true};
  before.around = *std::move(around);
  return before;
}

void Durability::note(const ByteChange& what, const Before& before, std::int64_t result) {
  if (result < 0 && !what.partly) return;
  ByteChange done = what;
  if (result < 0) done.meant = {};  // a write that failed promises nothing
  const BytePlace written{what.offset, static_cast<std::uint64_t>(std::max<std::int64_t>(result, 0))};
  if (what.counts) {
    done.places = {&written, 1};
    done.meant = what.meant.first(written.size);
  }
  note_changed(done, before);
}

void Durability::note_changed(const ByteChange& what, const Before& before) {
  const std::uint64_t inode = id_of(what.node);
  if (before.unknown) {
    written_.forget(inode, 0, UINT64_MAX);
    return sync_everything();
  }
  note_meant(what, before);
  const std::uint64_t size = size_of(what.node);
  const bool was_unsynced = ledger_.is_unsynced(inode);
  ledger_.changed({inode, what.path}, what.places, before.old, before.size, size);
  if (what.durable)
    for (const BytePlace& place : what.places) ledger_.wrote_durably(inode, place.offset, place.size, size);
  const bool is_unsynced = ledger_.is_unsynced(inode);
  if (is_unsynced && !was_unsynced) pin(inode, what.node.descriptor());
  if (was_unsynced && !is_unsynced) pins_.unpin(inode);
  settle_when_crowded();
}

// Of a write elsewhere than it was meant nobody is to know what it covered.
void Durability::note_meant(const ByteChange& what, const Before& before) {
  if (!what.meant.empty()) return written_.wrote(id_of(what.node), what.offset, what.meant, before.around);
  for (const BytePlace& place : what.places)
    written_.forget(id_of(what.node), place.offset, place.tail ? UINT64_MAX : place.offset + place.size);
}

std::uint64_t Durability::inode_at(const NamePlace& place) {
  struct stat status {};
  const bool is_there =
      ::fstatat(place.directory.descriptor(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  return is_there ? space_id(key_of(status)) : 0;
}

// What may lose its name.
Descriptor Durability::look_at(const NamePlace& place) {
  Descriptor found(
      ::openat(place.directory.descriptor(), place.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!found && inode_at(place) != 0) must_settle_ = true;
  return found;
}

// Its number may have been another file's.
void Durability::note_inode(const NamePlace& place) { written_.forget(inode_at(place), 0, UINT64_MAX); }

void Durability::made_nameless(const struct stat& status) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  written_.forget(space_id(key_of(status)), 0, UINT64_MAX);
}

void Durability::note_made(const NamePlace& place) {
  NameChange change{.kind = NameChange::made, .directory = id_of(place.directory), .name = place.name};
  change.inode = inode_at(place);
  change.path = place.path;
  pin(place.directory);
  ledger_.named(std::move(change));
  settle_when_crowded();
}

void Durability::note_removed(const NamePlace& place, const Descriptor& gone) {
  NameChange change{.kind = NameChange::removed, .directory = id_of(place.directory), .name = place.name};
  change.inode = inode_of(gone);
  change.path = place.path;
  pin(place.directory);
  pin(change.inode, *gone);
  ledger_.named(std::move(change));
  settle_when_crowded();
}

void Durability::note_renamed(const NamePlace& from, std::uint64_t source, const NamePlace& to,
                              const Descriptor& target, bool exchange) {
  NameChange change{.kind = exchange ? NameChange::exchanged : NameChange::renamed,
                    .directory = id_of(from.directory),
                    .name = from.name};
  change.inode = source;
  change.to_directory = id_of(to.directory);
  change.to_name = to.name;
  change.replaced = exchange ? 0 : inode_of(target);
  if (change.replaced == source) return;  // two names of one file: nothing happened
  change.path = from.path;
  change.to_path = to.path;
  pin(from.directory);
  pin(to.directory);
  if (change.replaced != 0) pin(change.replaced, *target);
  ledger_.named(std::move(change));
  settle_when_crowded();
}

void Durability::pin(std::uint64_t inode, int descriptor) {
  if (!pins_.pin(inode, descriptor)) must_settle_ = true;
}

void Durability::pin(const Node& node) { pin(id_of(node), node.descriptor()); }

// Its last name is durably gone: nobody will look for it after a power cut.
void Durability::forget_when_gone(std::uint64_t inode) {
  struct stat status {};
  if (::fstat(pins_.descriptor(inode), &status) != 0 || status.st_nlink > 0) return;
  written_.forget(inode, 0, UINT64_MAX);
  if (!ledger_.is_unsynced(inode)) return;
  ledger_.forget(inode);
  pins_.unpin(inode);
}

// Nobody will look for it, unless a power cut may give its name back.
void Durability::closed_nameless(const Node& file) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  const std::uint64_t inode = id_of(file);
  const bool may_return = std::ranges::any_of(ledger_.unsynced_names(), [&](const NameChange& change) {
    return change.replaced == inode || (change.kind == NameChange::removed && change.inode == inode);
  });
  if (may_return || !ledger_.is_unsynced(inode)) return;
  written_.forget(inode, 0, UINT64_MAX);
  ledger_.forget(inode);
  pins_.unpin(inode);
}

void Durability::unpin(const std::vector<NameChange>& durable) {
  for (const NameChange& change : durable) {
    pins_.unpin(change.directory);
    if (change.to_directory != 0) pins_.unpin(change.to_directory);
    const std::uint64_t gone = change.kind == NameChange::removed ? change.inode : change.replaced;
    if (gone == 0) continue;
    forget_when_gone(gone);
    pins_.unpin(gone);
  }
}

template <class Change>
void Durability::change_file(const Node& file, Change change) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  const bool was_unsynced = ledger_.is_unsynced(id_of(file));
  change(id_of(file));
  if (was_unsynced && !ledger_.is_unsynced(id_of(file))) pins_.unpin(id_of(file));
}

void Durability::synced(const Node& file, std::uint64_t begin) {
  change_file(file, [&](std::uint64_t inode) { ledger_.synced(inode, begin); });
}

void Durability::given_up(const Node& file, std::uint64_t begin, bool told) {
  change_file(file, [&](std::uint64_t inode) { ledger_.given_up(inode, begin, told); });
}

void Durability::note_reverted(const Node& file, std::uint64_t begin) {
  const std::uint64_t inode = id_of(file);
  if (!ledger_.is_unsynced(inode)) return;
  for (const auto& range : ledger_.unsynced(inode)) written_.forget(inode, range.begin, range.end);
  ledger_.reverted(inode, begin);
  if (!ledger_.is_unsynced(inode)) pins_.unpin(inode);
}

void Durability::directory_synced(const Node& directory, std::uint64_t begin) {
  if (!on_) return;
  const std::lock_guard lock(mutex_);
  const auto durable = ledger_.directory_synced(id_of(directory), begin);
  note_durable(durable);
  unpin(durable);
}

void Durability::settle_when_crowded() {
  if (must_settle_ || ledger_.crowded() || pins_.size() > most_pins_) sync_everything();
}

void Durability::sync_everything() {
  (void)::syncfs(*sync_);
  note_durable(ledger_.clear());
  pins_.clear();
  must_settle_ = false;
  ++settled_;
}

UnsyncedReport Durability::unsynced() const {
  const std::lock_guard lock(mutex_);
  UnsyncedReport report{.names = ledger_.unsynced_names(), .settled = settled_};
  for (const auto& file : ledger_.unsynced_files())
    report.files.push_back({file.path, ledger_.unsynced(file.inode)});
  std::ranges::sort(report.files, {}, &UnsyncedFile::path);
  return report;
}

}  // namespace holdfast::faultfs
