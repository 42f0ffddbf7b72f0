#include "simulator/world/virtual/file_content.h"

#include <algorithm>
#include <cstring>

namespace holdfast::world {
namespace {

std::uint64_t sector_of(std::uint64_t offset) { return offset / FileContent::kSector; }
std::uint64_t sector_after(std::uint64_t offset) {
  return (offset + FileContent::kSector - 1) / FileContent::kSector;
}

template <class Array>
bool all_zeros(const Array& bytes) {
  return bytes[0] == std::byte{0} && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

}  // namespace

const std::byte* FileContent::page_byte(std::uint64_t offset) const {
  const auto page = offset / kPage;
  if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
  return pages_[page]->data() + offset % kPage;
}

std::size_t FileContent::read(std::uint64_t offset, std::span<std::byte> into) const {
  if (offset >= size_) return 0;
  const auto total = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  for (std::size_t done = 0; done < total;) {
    const auto at = offset + done;
    const auto count = std::min<std::size_t>(total - done, kPage - at % kPage);
    if (const std::byte* from = page_byte(at)) {
      std::memcpy(into.data() + done, from, count);
    } else {
      std::memset(into.data() + done, 0, count);
    }
    done += count;
  }
  return total;
}

void FileContent::write(std::uint64_t offset, Bytes bytes) {
  if (bytes.empty()) return;
  const auto end = offset + bytes.size();
  touch(sector_of(offset), sector_after(end));
  if (const auto pages = (end + kPage - 1) / kPage; pages_.size() < pages) pages_.resize(pages);
  while (!bytes.empty()) {
    auto& page = pages_[offset / kPage];
    if (page == nullptr) page = std::make_unique<Page>();
    const auto count = std::min<std::size_t>(bytes.size(), kPage - offset % kPage);
    std::memcpy(page->data() + offset % kPage, bytes.data(), count);
    bytes = bytes.subspan(count);
    offset += count;
  }
  size_ = std::max(size_, end);
}

void FileContent::damage(std::uint64_t begin, std::uint64_t end, const Change& change) {
  end = std::min(end, size_);
  for (std::uint64_t at = begin; at < end;) {
    auto& page = pages_[at / kPage];
    if (page == nullptr) page = std::make_unique<Page>();
    const auto count = std::min(end - at, kPage - at % kPage);
    change(at, std::span(*page).subspan(at % kPage, count));
    at += count;
  }
  // Of what the device holds otherwise than it is seen: the same places.
  for (auto& [number, held] : old_) {
    const auto from = std::max(begin, number * kSector), to = std::min(end, (number + 1) * kSector);
    if (from < to) change(from, std::span(held).subspan(from % kSector, to - from));
  }
}

// Bytes past the end are always zeros in the page store, so extending writes nothing.
void FileContent::truncate(std::uint64_t size) {
  if (size < size_) {
    touch(sector_of(size), sector_after(size_));
    zero(size, size_);
  }
  size_ = size;
}

void FileContent::zero(std::uint64_t begin, std::uint64_t end) {
  while (begin < end) {
    const auto page = begin / kPage;
    const auto count = std::min(end - begin, kPage - begin % kPage);
    if (page < pages_.size() && pages_[page] != nullptr) {
      if (count == kPage) {
        pages_[page].reset();
      } else {
        std::memset(pages_[page]->data() + begin % kPage, 0, count);
      }
    }
    begin += count;
  }
}

// Called before the sectors [first, last) change.
void FileContent::touch(std::uint64_t first, std::uint64_t last) {
  keep_old(first, std::min(last, sector_after(durable_size_)));
  if (!in_flight_.empty()) keep_in_flight(first, last);
  unsynced_.add(first, last);
  dirty_.add(first, last);
}

void FileContent::keep_old(std::uint64_t first, std::uint64_t last) {
  for (auto number = first; number < last; ++number) {
    if (page_byte(number * kSector) == nullptr || unsynced_.contains(number)) continue;
    const Sector bytes = sector(number);
    if (!all_zeros(bytes)) old_.emplace(number, bytes);
  }
}

void FileContent::keep_in_flight(std::uint64_t first, std::uint64_t last) {
  for (auto number = first; number < last; ++number)
    if (in_flight_.contains(number)) sent_.try_emplace(number, sector(number));
}

FileContent::Sector FileContent::sector(std::uint64_t number) const {
  Sector bytes{};
  if (const std::byte* from = page_byte(number * kSector)) std::memcpy(bytes.data(), from, kSector);
  return bytes;
}

FileContent::Sector FileContent::durable_sector(std::uint64_t number) const {
  if (!unsynced_.contains(number)) return sector(number);
  const auto found = old_.find(number);
  return found == old_.end() ? Sector{} : found->second;
}

void FileContent::begin_sync() {
  in_flight_ = std::move(dirty_);
  dirty_.clear();
  size_in_flight_ = size_;
}

void FileContent::end_sync(bool arrived) {
  if (arrived) {
    for (const auto& [first, last] : in_flight_) {
      unsynced_.remove(first, last);
      old_.erase(old_.lower_bound(first), old_.lower_bound(last));
    }
    for (const auto& [number, bytes] : sent_) {
      unsynced_.add(number, number + 1);
      if (!all_zeros(bytes)) old_.insert_or_assign(number, bytes);
    }
    durable_size_ = size_in_flight_;
  }
  in_flight_.clear();
  sent_.clear();
}

bool FileContent::durable(std::uint64_t begin, std::uint64_t end) const {
  if (begin > end || end > std::min(size_, durable_size_)) return false;
  for (auto number = sector_of(begin); number < sector_after(end); ++number) {
    if (!unsynced_.contains(number)) continue;
    const auto from = std::max(begin, number * kSector) - number * kSector;
    const auto to = std::min(end, (number + 1) * kSector) - number * kSector;
    const Sector seen = sector(number);
    const Sector held = durable_sector(number);
    if (std::memcmp(seen.data() + from, held.data() + from, to - from) != 0) return false;
  }
  return true;
}

ByteBuffer FileContent::durable_bytes() const {
  ByteBuffer bytes(durable_size_);
  for (std::uint64_t at = 0; at < durable_size_; at += kSector) {
    const Sector held = durable_sector(at / kSector);
    std::memcpy(bytes.data() + at, held.data(), std::min(kSector, durable_size_ - at));
  }
  return bytes;
}

ByteBuffer FileContent::visible_bytes() const {
  ByteBuffer bytes(size_);
  read(0, bytes);
  return bytes;
}

}  // namespace holdfast::world
