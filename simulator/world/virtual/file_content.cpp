#include "simulator/world/virtual/file_content.h"

#include <algorithm>
#include <cstring>

namespace holdfast::world {

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

ByteBuffer FileContent::read(std::uint64_t offset, std::uint64_t size) const {
  ByteBuffer bytes(std::min(size, size_ - std::min(size_, offset)));
  read(offset, bytes);
  return bytes;
}

void FileContent::write(std::uint64_t offset, Bytes bytes) {
  if (bytes.empty()) return;
  const auto end = offset + bytes.size();
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

void FileContent::change(std::uint64_t begin, std::uint64_t end, const Change& change) {
  end = std::min(end, size_);
  if (const auto pages = (end + kPage - 1) / kPage; pages_.size() < pages) pages_.resize(pages);
  for (std::uint64_t at = begin; at < end;) {
    auto& page = pages_[at / kPage];
    if (page == nullptr) page = std::make_unique<Page>();
    const auto count = std::min(end - at, kPage - at % kPage);
    change(at, std::span(*page).subspan(at % kPage, count));
    at += count;
  }
}

// Bytes past the end are always zeros in the pages, so extending writes nothing.
void FileContent::truncate(std::uint64_t size) {
  if (size < size_) zero(size, size_);
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

}  // namespace holdfast::world
