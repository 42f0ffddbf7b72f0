#include "faultfs/model/durability_ledger.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kSector = DurabilityLedger::kSector;

bool shared(const NameChange& change) {
  return change.kind == NameChange::renamed || change.kind == NameChange::exchanged;
}

// What a sync of a directory makes durable, asked of the changes from the newest to the oldest.
class Closure {
 public:
  explicit Closure(std::uint64_t directory) : directories_{directory} {}

  bool takes(const NameChange& change) {
    const bool meets = directories_.contains(change.directory) ||
                       (shared(change) && directories_.contains(change.to_directory));
    if (!meets && !needed_.contains(change.inode)) return false;
    directories_.insert(change.directory);
    // A directory that is gone takes along what was in it.
    if (change.kind == NameChange::removed) directories_.insert(change.inode);
    if (change.replaced != 0) directories_.insert(change.replaced);
    if (needed_.contains(change.inode)) needed_.insert(change.directory);
    if (!shared(change)) return true;
    directories_.insert(change.to_directory);
    // What moved into a directory needs that directory's own name, lest it be under neither name.
    needed_.insert({change.directory, change.to_directory});
    return true;
  }

 private:
  std::set<std::uint64_t> directories_;
  std::set<std::uint64_t> needed_;
};

// The fates of one file's writes, drawn by ordinal and, where a write is torn, by sector.
class Draws {
 public:
  Draws(std::uint64_t seed, const std::string& path, Fate fate) : seed_(hash_name(path, seed)), fate_(fate) {}

  std::uint64_t below(std::uint64_t bound) const { return mix64(seed_ ^ bound) % bound; }
  // How many of so many changes of the size survive.
  std::size_t sizes_kept(std::size_t count) const {
    if (fate_ == Fate::lost) return 0;
    return fate_ == Fate::kept ? count : below(count + 1);
  }
  enum class Whole : std::uint8_t { kept, lost, torn };
  Whole of_write(std::size_t ordinal) const {
    if (fate_ != Fate::drawn) return fate_ == Fate::lost ? Whole::lost : Whole::kept;
    return static_cast<Whole>(mix64(seed_ + mix64(ordinal)) % 3);
  }
  bool loses(std::size_t ordinal, std::uint64_t sector) const {
    const Whole whole = of_write(ordinal);
    if (whole != Whole::torn) return whole == Whole::lost;
    return (mix64(mix64(seed_ + mix64(ordinal)) ^ sector) & 1) != 0;
  }

 private:
  std::uint64_t seed_;
  Fate fate_;
};

bool all_zeros(std::span<const std::byte> bytes) {
  return bytes.empty() ||
         (bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// Files are often filled with zeros before they are written to.
std::span<const std::byte> without_zeros_behind(std::span<const std::byte> bytes) {
  for (const std::size_t step : {std::size_t{4096}, std::size_t{64}, std::size_t{1}})
    while (bytes.size() >= step && all_zeros(bytes.last(step))) bytes = bytes.first(bytes.size() - step);
  return bytes;
}

// Neighbours become one write.
void add_write(std::vector<OldBytes>& writes, std::uint64_t at, const std::vector<std::byte>& bytes) {
  if (writes.empty() || writes.back().offset + writes.back().bytes.size() != at) writes.push_back({at, {}});
  writes.back().bytes.insert(writes.back().bytes.end(), bytes.begin(), bytes.end());
}

}  // namespace

void DurabilityLedger::add(const File& file, std::uint64_t old_size, Write write) {
  const auto [found, fresh] = files_.try_emplace(file.inode, Dirty{file.path, old_size, {}});
  bytes_ += cost_of(write);
  write.moment = moment_++;
  found->second.writes.push_back(std::move(write));
}

void DurabilityLedger::wrote(const File& file, std::uint64_t offset, std::uint64_t size,
                             std::span<const std::byte> old, std::uint64_t old_size) {
  old = without_zeros_behind(old);
  add(file, old_size, {offset, size, {old.begin(), old.end()}, std::max(old_size, offset + size)});
}

void DurabilityLedger::truncated(const File& file, std::uint64_t size, std::span<const std::byte> old,
                                 std::uint64_t old_size) {
  const std::uint64_t cut_off = old_size > size ? old_size - size : 0;
  old = without_zeros_behind(old);
  add(file, old_size, {size, cut_off, {old.begin(), old.end()}, size, true});
}

// What a tail was replaced by is a write behind a truncation.
void DurabilityLedger::changed(const File& file, std::span<const BytePlace> places,
                               std::span<const std::vector<std::byte>> old, std::uint64_t old_size,
                               std::uint64_t size) {
  std::uint64_t reached = old_size;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto [offset, asked, tail] = places[i];
    if (tail) {
      truncated(file, offset, old[i], reached);
      reached = offset;
    }
    const std::uint64_t written = std::min(tail ? UINT64_MAX : asked, size - std::min(size, offset));
    if (written == 0) continue;
    wrote(file, offset, written, tail ? std::span<const std::byte>() : old[i], reached);
    reached = std::max(reached, offset + written);
  }
  if (reached != size) truncated(file, size, {}, reached);
}

DurabilityLedger::Range DurabilityLedger::sectors_of(std::uint64_t offset, std::uint64_t size) {
  return {offset / kSector * kSector, (offset + size + kSector - 1) / kSector * kSector};
}

// What is left of writes when a part of their place is durable: what lies before it, and behind it.
void DurabilityLedger::take_out(std::vector<Write>& writes, Range durable) {
  std::vector<Write> left;
  for (Write& write : writes) {
    const std::uint64_t write_end = write.offset + write.size;
    if (write_end <= durable.begin || write.offset >= durable.end) {
      left.push_back(std::move(write));
      continue;
    }
    const auto add_part = [&](std::uint64_t begin, std::uint64_t end) {
      if (begin >= end) return;
      Write part = write;
      part.offset = begin;
      part.size = end - begin;
      const auto from = std::min<std::size_t>(begin - write.offset, write.old.size());
      const auto until = std::min<std::size_t>(end - write.offset, write.old.size());
      part.old.assign(write.old.begin() + static_cast<std::ptrdiff_t>(from),
                      write.old.begin() + static_cast<std::ptrdiff_t>(until));
      left.push_back(std::move(part));
    };
    add_part(write.offset, std::min(write_end, durable.begin));
    add_part(std::max(write.offset, durable.end), write_end);
  }
  writes = std::move(left);
}

void DurabilityLedger::replace_writes(std::map<std::uint64_t, Dirty>::iterator file,
                                      std::vector<Write> writes) {
  for (const Write& write : file->second.writes) bytes_ -= cost_of(write);
  for (const Write& write : writes) bytes_ += cost_of(write);
  file->second.writes = std::move(writes);
  if (file->second.writes.empty()) files_.erase(file);
}

// A disk writes whole sectors, so what lies beside the bytes in their first and last one is durable too.
// The size is durable, so truncations stay, and what was written before lies within it.
void DurabilityLedger::wrote_durably(std::uint64_t inode, std::uint64_t offset, std::uint64_t size,
                                     std::uint64_t file_size) {
  const auto found = files_.find(inode);
  if (found == files_.end()) return;
  std::vector<Write> left;
  for (const Write& write : found->second.writes) {
    if (!write.cuts) {
      left.push_back(write);
    } else {
      // Older writes there must not come back from under it.
      take_out(left, {write.offset, UINT64_MAX});
    }
  }
  take_out(left, sectors_of(offset, size));
  for (Write& write : left) write.size_after = file_size;
  found->second.durable_size = file_size;
  replace_writes(found, std::move(left));
}

// What stays is what came after `begin`, and what was given up and not written again.
void DurabilityLedger::synced(std::uint64_t inode, std::uint64_t begin) {
  const auto found = files_.find(inode);
  if (found == files_.end()) return;
  Dirty& file = found->second;
  std::vector<Write> left;
  for (const Write& write : file.writes) {
    if (write.moment >= begin || write.given_up) {
      left.push_back(write);
      continue;
    }
    take_out(left, write.cuts ? Range{write.offset, UINT64_MAX} : sectors_of(write.offset, write.size));
    file.durable_size = write.size_after;
    for (Write& older : left) older.size_after = write.size_after;
  }
  replace_writes(found, std::move(left));
}

void DurabilityLedger::given_up(std::uint64_t inode, std::uint64_t begin, bool told) {
  const auto found = files_.find(inode);
  if (found == files_.end()) return;
  for (Write& write : found->second.writes) {
    if (write.moment >= begin || write.cuts) continue;
    write.given_up = true;
    write.promised = write.promised || !told;
  }
}

void DurabilityLedger::reverted(std::uint64_t inode, std::uint64_t begin) {
  const auto found = files_.find(inode);
  if (found == files_.end()) return;
  std::vector<Write> left;
  for (const Write& write : found->second.writes)
    if (write.moment >= begin) left.push_back(write);
  replace_writes(found, std::move(left));
}

void DurabilityLedger::named(NameChange change) {
  change.moment = moment_++;
  count(change);
  names_.push_back(std::move(change));
}

void DurabilityLedger::count(const NameChange& change) {
  ++changes_[change.directory][change.name];
  if (shared(change)) ++changes_[change.to_directory][change.to_name];
}

void DurabilityLedger::discount(const NameChange& change) {
  discount(change.directory, change.name);
  if (shared(change)) discount(change.to_directory, change.to_name);
}

void DurabilityLedger::discount(std::uint64_t directory, const std::string& name) {
  const auto changes = changes_.find(directory);
  const auto found = changes->second.find(name);
  if (--found->second == 0) changes->second.erase(found);
  if (changes->second.empty()) changes_.erase(changes);
}

bool DurabilityLedger::is_durable(std::uint64_t directory, std::string_view name) const {
  const auto changes = changes_.find(directory);
  return changes == changes_.end() || !changes->second.contains(name);
}

std::vector<NameChange> DurabilityLedger::directory_synced(std::uint64_t directory, std::uint64_t begin) {
  Closure closure(directory);
  std::vector<NameChange> durable, left;
  for (auto change = names_.rbegin(); change != names_.rend(); ++change) {
    const bool is_durable = change->moment < begin && closure.takes(*change);
    if (is_durable) discount(*change);
    (is_durable ? durable : left).push_back(std::move(*change));
  }
  std::ranges::reverse(durable);
  std::ranges::reverse(left);
  names_ = std::move(left);
  return durable;
}

std::vector<NameChange> DurabilityLedger::clear() {
  files_.clear();
  bytes_ = 0;
  changes_.clear();
  return std::exchange(names_, {});
}

// The size may become any that the file had since its last sync.
bool DurabilityLedger::is_durable(std::uint64_t inode, Range range) const {
  const auto found = files_.find(inode);
  if (found == files_.end()) return true;
  if (range.end > found->second.durable_size) return false;
  return std::ranges::none_of(found->second.writes, [&](const Write& write) {
    const bool touches = write.offset < range.end && range.begin < write.offset + write.size;
    return touches || write.size_after < range.end;
  });
}

std::vector<DurabilityLedger::Range> DurabilityLedger::ranges_of(const std::vector<const Write*>& writes) {
  std::vector<Range> ranges;
  for (const Write* write : writes)
    if (write->size > 0) ranges.push_back({write->offset, write->offset + write->size});
  std::ranges::sort(ranges, {}, &Range::begin);
  std::vector<Range> merged;
  for (const Range& range : ranges) {
    if (!merged.empty() && range.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, range.end);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

std::vector<DurabilityLedger::Range> DurabilityLedger::unsynced(std::uint64_t inode) const {
  std::vector<const Write*> writes;
  if (const auto found = files_.find(inode); found != files_.end())
    for (const Write& write : found->second.writes) writes.push_back(&write);
  return ranges_of(writes);
}

std::vector<DurabilityLedger::Range> DurabilityLedger::unpromised(std::uint64_t inode) const {
  std::vector<const Write*> writes;
  if (const auto found = files_.find(inode); found != files_.end())
    for (const Write& write : found->second.writes)
      if (!write.promised) writes.push_back(&write);
  return ranges_of(writes);
}

bool DurabilityLedger::is_promised(std::uint64_t inode) const {
  const auto found = files_.find(inode);
  return found == files_.end() || std::ranges::all_of(found->second.writes, &Write::promised);
}

std::vector<DurabilityLedger::File> DurabilityLedger::unsynced_files() const {
  std::vector<File> files;
  for (const auto& [inode, file] : files_) files.push_back({inode, file.path});
  return files;
}

// Sector by sector the newest writes are taken back, up to the first that stays: so each sector is what it
// was after some write.
FileUndo DurabilityLedger::undo_of(std::uint64_t inode, const Dirty& file, std::uint64_t seed, Fate fate) {
  const Draws draws(seed, file.path, fate);
  FileUndo undo{.inode = inode, .path = file.path};
  const std::size_t sizes_kept = draws.sizes_kept(file.writes.size());
  undo.size = sizes_kept == 0 ? file.durable_size : file.writes[sizes_kept - 1].size_after;
  std::set<std::uint64_t> settled;
  for (std::size_t ordinal = file.writes.size(); ordinal-- > 0;) {
    const Write& write = file.writes[ordinal];
    const std::uint64_t end = write.offset + write.size;
    bool lost_some = write.size == 0 && ordinal >= sizes_kept, kept_some = write.size == 0 && !lost_some;
    for (std::uint64_t at = write.offset; at < end; at = (at / kSector + 1) * kSector) {
      const std::uint64_t sector = at / kSector;
      const bool loses =
          write.given_up || (write.cuts ? ordinal >= sizes_kept : draws.loses(ordinal, sector));
      if (settled.contains(sector) || !loses) {
        settled.insert(sector);
        kept_some = true;
        continue;
      }
      lost_some = true;
      if (at >= undo.size) continue;  // cut off with the size
      std::vector<std::byte> bytes(std::min(end, (sector + 1) * kSector) - at);
      const auto from = std::min<std::size_t>(at - write.offset, write.old.size());
      const auto count = std::min(bytes.size(), write.old.size() - from);
      std::copy_n(write.old.begin() + static_cast<std::ptrdiff_t>(from), count, bytes.begin());
      add_write(undo.writes, at, bytes);
    }
    ++(lost_some && kept_some ? undo.torn : lost_some ? undo.lost : undo.kept);
  }
  return undo;
}

PowerCut DurabilityLedger::cut(std::uint64_t seed, const CutOptions& options) const {
  PowerCut cut;
  std::size_t kept = 0;
  if (options.names == Fate::kept) kept = names_.size();
  if (options.names == Fate::drawn) kept = mix64(seed ^ hash_name("names")) % (names_.size() + 1);
  const auto middle = names_.begin() + static_cast<std::ptrdiff_t>(kept);
  cut.kept_names.assign(names_.begin(), middle);
  cut.names.assign(middle, names_.end());
  std::ranges::reverse(cut.names);
  for (const auto& [inode, file] : files_) cut.files.push_back(undo_of(inode, file, seed, options.data));
  return cut;
}

}  // namespace holdfast::faultfs
