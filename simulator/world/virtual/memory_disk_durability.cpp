// What of the memory disk no sync has made durable: how its ledger is told, and what the oracle sees of it.
#include <algorithm>

#include "simulator/world/virtual/disk_path.h"
#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::world {

using faultfs::NameChange;

std::string MemoryDisk::known_path(std::string_view path) const {
  return std::string(within_mount(path).value_or(path));
}

faultfs::DurabilityLedger::File MemoryDisk::as_known(Inode& inode) {
  return {inode.number, known_path(path_of(inode))};
}

// Valid until the next call.
Bytes MemoryDisk::old_bytes(const Inode& inode, std::uint64_t offset, std::uint64_t size) {
  if (old_.size() < size) old_.resize(size);
  return Bytes(old_).first(inode.content.read(offset, std::span(old_).first(size)));
}

void MemoryDisk::change_places(Inode& inode, std::span<const faultfs::BytePlace> places,
                               const std::function<void()>& change) {
  const std::uint64_t old_size = inode.content.size();
  std::vector<ByteBuffer> old;
  for (const auto& place : places)
    old.push_back(inode.content.read(place.offset, place.tail ? UINT64_MAX : place.size));
  change();
  ledger_.changed(as_known(inode), places, old, old_size, inode.content.size());
  settle_when_crowded();
}

void MemoryDisk::note_made(const Place& place, const Inode& inode, const std::string& path) {
  NameChange change{.kind = NameChange::made, .directory = place.parent->number, .name = place.name};
  change.inode = inode.number;
  change.path = known_path(path);
  ledger_.named(std::move(change));
  settle_when_crowded();
}

void MemoryDisk::note_removed(const Place& place, const std::string& path) {
  NameChange change{.kind = NameChange::removed, .directory = place.parent->number, .name = place.name};
  change.inode = place.inode->number;
  change.path = known_path(path);
  place.inode->may_return = true;
  ledger_.named(std::move(change));
  settle_when_crowded();
}

void MemoryDisk::note_renamed(const Place& from, const std::string& path, const Place& to,
                              const std::string& to_path) {
  NameChange change{.kind = NameChange::renamed, .directory = from.parent->number, .name = from.name};
  change.inode = from.inode->number;
  change.to_directory = to.parent->number;
  change.to_name = to.name;
  if (to.inode != nullptr) {
    change.replaced = to.inode->number;
    to.inode->may_return = true;
  }
  change.path = known_path(path);
  change.to_path = known_path(to_path);
  ledger_.named(std::move(change));
  settle_when_crowded();
}

// Nobody will look for a file whose name is durably gone.
void MemoryDisk::lost_for_good(const std::vector<NameChange>& durable) {
  for (const NameChange& change : durable) {
    const auto gone = inodes_.find(change.kind == NameChange::removed ? change.inode : change.replaced);
    if (gone == inodes_.end() || !gone->second->may_return) continue;
    const InodePtr inode = gone->second;
    inode->may_return = false;
    ledger_.forget(inode->number);
    free_if_unused(*inode);
  }
}

void MemoryDisk::settle_when_crowded() {
  if (!ledger_.crowded()) return;
  lost_for_good(ledger_.clear());
  ++settled_;
}

bool MemoryDisk::durable(const std::string& path, std::uint64_t begin, std::uint64_t end) const {
  const Inode* at = root_.get();
  for (const auto name : names_in(path)) {
    const auto seen = at->directory.find(name);
    if (seen == nullptr || !ledger_.is_durable(at->number, name)) return false;
    at = seen.get();
  }
  return !at->is_directory && begin <= end && end <= at->content.size() &&
         ledger_.is_durable(at->number, {begin, end});
}

// The names are walked as they would be, without taking anything back.
std::optional<ByteBuffer> MemoryDisk::durable_bytes(const std::string& path) const {
  const auto cut = ledger_.cut(0, {.data = faultfs::Fate::lost, .names = faultfs::Fate::lost});
  std::map<std::pair<std::uint64_t, std::string>, std::uint64_t> before;  // inodes by place; 0: none
  for (const NameChange& change : cut.names) {
    before[{change.directory, change.name}] = change.kind == NameChange::made ? 0 : change.inode;
    if (change.kind == NameChange::renamed) before[{change.to_directory, change.to_name}] = change.replaced;
  }
  const Inode* at = root_.get();
  for (const auto name : names_in(path)) {
    const auto other = before.find({at->number, std::string(name)});
    const auto next = other == before.end() ? at->directory.find(name)
                      : other->second == 0  ? nullptr
                                            : inodes_.at(other->second);
    if (next == nullptr) return std::nullopt;
    at = next.get();
  }
  if (at->is_directory) return std::nullopt;
  FileContent content;
  content.write(0, at->content.read_all());
  content.truncate(at->content.size());
  const auto undo = std::ranges::find(cut.files, at->number, &faultfs::FileUndo::inode);
  if (undo == cut.files.end()) return content.read_all();
  for (const auto& old : undo->writes) content.write(old.offset, old.bytes);
  content.truncate(undo->size);
  return content.read_all();
}

}  // namespace holdfast::world
