#include "faultfs/fuse/listing.h"

#include <dirent.h>
#include <linux/fuse.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace holdfast::faultfs {
namespace {

constexpr std::size_t kLongestEntry = sizeof(dirent64);

// Writes it there as the kernel wants it; how many bytes, 0 when they are not there.
std::size_t lay_out(const dirent64& entry, std::span<std::byte> into) {
  const std::size_t length = std::strlen(entry.d_name);
  const std::size_t size = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);
  if (size > into.size()) return 0;
  fuse_dirent head{};
  head.ino = entry.d_ino;
  head.off = static_cast<std::uint64_t>(entry.d_off);
  head.namelen = static_cast<std::uint32_t>(length);
  head.type = entry.d_type;
  std::memset(into.data() + size - FUSE_DIRENT_ALIGN(1), 0, FUSE_DIRENT_ALIGN(1));  // behind the name
  std::memcpy(into.data(), &head, FUSE_NAME_OFFSET);
  std::memcpy(into.data() + FUSE_NAME_OFFSET, entry.d_name, length);
  return size;
}

}  // namespace

bool Listing::go_to(off_t offset) {
  if (offset == offset_) return true;
  if (::lseek(*directory_, offset, SEEK_SET) < 0) return false;
  offset_ = offset;
  begin_ = end_ = 0;
  return true;
}

// As much as about fills an answer of this size, and one entry at least.
ssize_t Listing::read_more(std::size_t size) {
  size = std::max(size, kLongestEntry);
  if (read_.size() < size) read_.resize(size);
  const ssize_t got = ::getdents64(*directory_, read_.data(), size);
  begin_ = 0;
  end_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got;
}

ssize_t Listing::fill(std::span<std::byte> answer, off_t offset) {
  if (!go_to(offset)) return -1;
  std::size_t used = 0;
  for (;;) {
    if (begin_ == end_) {
      if (used > 0 && answer.size() - used < kLongestEntry) break;
      const ssize_t got = read_more(answer.size() - used);
      if (got < 0 && used == 0) return -1;
      if (got <= 0) break;
    }
    const auto& entry = *reinterpret_cast<const dirent64*>(read_.data() + begin_);
    const std::size_t size = lay_out(entry, answer.subspan(used));
    if (size == 0) break;
    used += size;
    begin_ += entry.d_reclen;
    offset_ = entry.d_off;
  }
  return static_cast<ssize_t>(used);
}

}  // namespace holdfast::faultfs
