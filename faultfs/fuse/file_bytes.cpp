#include "faultfs/fuse/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "faultfs/fuse/descriptor.h"

namespace holdfast::faultfs {
namespace {

// `move(done)` moves what comes after the first `done` bytes. -1 only when nothing was moved before it.
template <class Move>
ssize_t move_whole(std::size_t size, Move move) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = move(done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && done == 0) return -1;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(done);
}

// Never cuts off what another write has added meanwhile: an allocation only extends.
bool grow_to(int descriptor, std::uint64_t size) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  if (static_cast<std::uint64_t>(status.st_size) >= size) return true;
  const auto end = static_cast<off_t>(size);
  if (::fallocate(descriptor, 0, end - 1, 1) == 0) return true;
  return errno == EOPNOTSUPP && ::ftruncate(descriptor, end) == 0;
}

}  // namespace

ssize_t read_whole(int descriptor, std::span<std::byte> into, std::uint64_t offset) {
  return move_whole(into.size(), [&](std::size_t done) {
    return ::pread(descriptor, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
  });
}

ssize_t write_whole(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset, int synced) {
  return move_whole(bytes.size(), [&](std::size_t done) {
    const iovec rest{const_cast<std::byte*>(bytes.data()) + done, bytes.size() - done};
    return ::pwritev2(descriptor, &rest, 1, static_cast<off_t>(offset + done), synced);
  });
}

bool write_pieces(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset,
                  const std::vector<Piece>& pieces, int synced) {
  for (const Piece& piece : pieces)
    if (write_whole(descriptor, bytes.subspan(piece.offset - offset, piece.size), piece.to, synced) < 0)
      return false;
  return grow_to(descriptor, offset + bytes.size());
}

bool revert(const char* path, const Reversal& reversal) {
  if (!reversal.size) return true;
  const int descriptor = ::open(path, O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  bool done = true;
  for (const OldBytes& old : reversal.writes)
    done = done && write_whole(descriptor, old.bytes, old.offset) >= 0;
  done = done && ::ftruncate(descriptor, static_cast<off_t>(*reversal.size)) == 0;
  const int error = errno;
  ::close(descriptor);
  errno = error;
  return done;
}

void drop_set_id(const char* path) {
  struct stat status {};
  if (::stat(path, &status) != 0) return;
  mode_t dropped = status.st_mode & S_ISUID;
  if ((status.st_mode & S_IXGRP) != 0) dropped |= status.st_mode & S_ISGID;
  if (dropped != 0) (void)::chmod(path, status.st_mode & 07777 & ~dropped);
}

std::optional<std::vector<std::byte>> bytes_there(const char* path, std::uint64_t offset,
                                                  std::uint64_t size) {
  if (size == 0) return std::vector<std::byte>();
  const Descriptor file(::open(path, O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::vector<std::byte> bytes(size);
  const ssize_t got = read_whole(*file, bytes, offset);
  if (got < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace holdfast::faultfs
