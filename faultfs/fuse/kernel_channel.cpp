#include "faultfs/fuse/kernel_channel.h"

#include <linux/fuse.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// linux/fuse.h of kernels 6.6 and 6.9; bits from 32 on travel in flags2.
constexpr std::uint32_t kSharedMappings = 1U << (36 - 32);
constexpr std::uint32_t kPassthrough = 1U << (37 - 32);
constexpr std::uint32_t kOpenPassthrough = 1U << 7;  // of an answer to open
constexpr std::uint32_t kStackDepth = 1;             // the backing file system is not stacked itself

struct BackingMap {
  std::int32_t descriptor;
  std::uint32_t flags;
  std::uint64_t padding;
};
static_assert(sizeof(BackingMap) == 16);
constexpr unsigned long kOpenBacking = _IOW(229, 1, BackingMap);
constexpr unsigned long kCloseBacking = _IOW(229, 2, std::uint32_t);

thread_local std::int32_t next_backing = 0;

template <class T>
T* body_of(std::byte* request, std::size_t size) {
  const bool whole = size >= sizeof(fuse_in_header) + sizeof(T);
  return whole ? reinterpret_cast<T*>(request + sizeof(fuse_in_header)) : nullptr;
}

// The answer to an open ends with what kernel 6.9 calls open_flags and backing_id.
void back_open(iovec* parts, int count, std::int32_t backing) {
  const iovec& body = parts[count - 1];
  if (count != 2 || body.iov_len < sizeof(fuse_open_out)) return;  // an error
  auto* end = static_cast<std::byte*>(body.iov_base) + body.iov_len;
  auto& answer = *reinterpret_cast<fuse_open_out*>(end - sizeof(fuse_open_out));
  answer.open_flags |= kOpenPassthrough;
  answer.padding = static_cast<std::uint32_t>(backing);
}

// A small answer in one piece: the kernel takes hold of the memory of each. The system calls are made by
// number, since in a process with threads the C library's own make ready to be cancelled, twice for each.
ssize_t send(int descriptor, const iovec* parts, int count) {
  constexpr std::size_t kSmall = 512;
  alignas(kSmall) std::byte whole[kSmall];
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) {
    if (parts[i].iov_len > kSmall - size) return ::syscall(SYS_writev, descriptor, parts, count);
    std::memcpy(whole + size, parts[i].iov_base, parts[i].iov_len);
    size += parts[i].iov_len;
  }
  return ::syscall(SYS_write, descriptor, whole, size);
}

}  // namespace

bool KernelChannel::attach(fuse_session* session) {
  fuse_custom_io io{};
  io.read = read;
  io.writev = write;
  device_ = fuse_session_fd(session);
  return fuse_session_custom_io(session, &io, device_) == 0;
}

std::expected<std::int32_t, int> KernelChannel::add_backing(int descriptor) const {
  if ((agreed_ & kPassthrough) == 0) return std::unexpected(EOPNOTSUPP);
  const BackingMap map{descriptor, 0, 0};
  const int number = ::ioctl(device_, kOpenBacking, &map);
  if (number <= 0) return std::unexpected(number < 0 ? errno : EINVAL);
  return number;
}

void KernelChannel::remove_backing(std::int32_t number) const {
  const auto closed = static_cast<std::uint32_t>(number);
  (void)::ioctl(device_, kCloseBacking, &closed);
}

void KernelChannel::back_next_open(std::int32_t number) { next_backing = number; }

void KernelChannel::look_at(std::byte* request, std::size_t size) {
  auto& header = *reinterpret_cast<fuse_in_header*>(request);
  request_ = header.unique;
  if (header.opcode == FUSE_WRITE) {
    const auto* write = body_of<fuse_write_in>(request, size);
    drops_set_id_ = write != nullptr && (write->write_flags & FUSE_WRITE_KILL_SUIDGID) != 0;
  } else if (header.opcode == FUSE_SETATTR) {
    const auto* change = body_of<fuse_setattr_in>(request, size);
    drops_set_id_ = change != nullptr && (change->valid & FATTR_KILL_SUIDGID) != 0;
  } else if (header.opcode == FUSE_TMPFILE) {
    header.opcode = FUSE_CREATE;
  } else if (header.opcode == FUSE_INIT) {
    const auto* offer = body_of<fuse_init_in>(request, size);
    if (offer == nullptr || (offer->flags & FUSE_INIT_EXT) == 0) return;
    negotiation_ = header.unique;
    agreed_ = offer->flags2 & (kSharedMappings | (wants_passthrough_ ? kPassthrough : 0));
    takes_set_id_ = (offer->flags & FUSE_HANDLE_KILLPRIV_V2) != 0;
  }
}

// The answer to INIT: its header, then its body.
void KernelChannel::extend_negotiation(iovec* parts, int count) {
  if (count != 2 || parts[1].iov_len != sizeof(fuse_init_out)) return;
  if (static_cast<const fuse_out_header*>(parts[0].iov_base)->unique != negotiation_) return;
  negotiation_ = 0;
  if (agreed_ == 0) return;
  auto& answer = *static_cast<fuse_init_out*>(parts[1].iov_base);
  answer.flags |= FUSE_INIT_EXT;
  answer.flags2 |= agreed_;
  if ((agreed_ & kPassthrough) == 0) return;
  answer.unused[0] = kStackDepth;  // max_stack_depth
  if (takes_set_id_) answer.flags |= FUSE_HANDLE_KILLPRIV_V2;
}

ssize_t KernelChannel::read(int descriptor, void* into, std::size_t size, void* passthrough) {
  const ssize_t got = ::syscall(SYS_read, descriptor, into, size);
  if (got >= static_cast<ssize_t>(sizeof(fuse_in_header))) {
    auto& channel = static_cast<Passthrough*>(passthrough)->channel;
    channel.look_at(static_cast<std::byte*>(into), static_cast<std::size_t>(got));
  }
  return got;
}

ssize_t KernelChannel::write(int descriptor, iovec* parts, int count, void* passthrough) {
  auto& fs = *static_cast<Passthrough*>(passthrough);
  auto& channel = fs.channel;
  if (fs.faults.trace().is_on()) {
    const auto& header = *static_cast<const fuse_out_header*>(parts[0].iov_base);
    fs.faults.trace().answered(header.unique, -header.error);
  }
  // Nothing else is answered before INIT, so other threads find no negotiation going on.
  if (channel.negotiation_ != 0) channel.extend_negotiation(parts, count);
  if (next_backing != 0) back_open(parts, count, std::exchange(next_backing, 0));
  return send(descriptor, parts, count);
}

}  // namespace holdfast::faultfs
