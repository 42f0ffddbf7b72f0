#include "faultfs/fuse/kernel_channel.h"

#include <linux/fuse.h>
#include <unistd.h>

#include <cstring>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// linux/fuse.h of kernel 6.6; bits from 32 on travel in flags2.
constexpr std::uint32_t kSharedMappings = 1U << (36 - 32);

template <class T>
T* body_of(std::byte* request, std::size_t size) {
  const bool whole = size >= sizeof(fuse_in_header) + sizeof(T);
  return whole ? reinterpret_cast<T*>(request + sizeof(fuse_in_header)) : nullptr;
}

}  // namespace

bool KernelChannel::attach(fuse_session* session) {
  fuse_custom_io io{};
  io.read = read;
  io.writev = write;
  return fuse_session_custom_io(session, &io, fuse_session_fd(session)) == 0;
}

void KernelChannel::look_at(std::byte* request, std::size_t size) {
  auto& header = *reinterpret_cast<fuse_in_header*>(request);
  if (header.opcode == FUSE_WRITE) {
    const auto* write = body_of<fuse_write_in>(request, size);
    write_drops_set_id_ = write != nullptr && (write->write_flags & FUSE_WRITE_KILL_SUIDGID) != 0;
  } else if (header.opcode == FUSE_TMPFILE) {
    header.opcode = FUSE_CREATE;
  } else if (header.opcode == FUSE_INIT) {
    const auto* offer = body_of<fuse_init_in>(request, size);
    if (offer == nullptr || (offer->flags & FUSE_INIT_EXT) == 0) return;
    negotiation_ = header.unique;
    offers_shared_mappings_ = (offer->flags2 & kSharedMappings) != 0;
  }
}

// The answer to INIT: its header, then its body.
void KernelChannel::extend_negotiation(iovec* parts, int count) {
  if (count != 2 || parts[1].iov_len != sizeof(fuse_init_out)) return;
  if (static_cast<const fuse_out_header*>(parts[0].iov_base)->unique != negotiation_) return;
  negotiation_ = 0;
  if (!offers_shared_mappings_) return;
  auto& answer = *static_cast<fuse_init_out*>(parts[1].iov_base);
  answer.flags |= FUSE_INIT_EXT;
  answer.flags2 |= kSharedMappings;
}

ssize_t KernelChannel::read(int descriptor, void* into, std::size_t size, void* passthrough) {
  const ssize_t got = ::read(descriptor, into, size);
  if (got >= static_cast<ssize_t>(sizeof(fuse_in_header))) {
    auto& channel = static_cast<Passthrough*>(passthrough)->channel;
    channel.look_at(static_cast<std::byte*>(into), static_cast<std::size_t>(got));
  }
  return got;
}

ssize_t KernelChannel::write(int descriptor, iovec* parts, int count, void* passthrough) {
  auto& channel = static_cast<Passthrough*>(passthrough)->channel;
  // Nothing else is answered before INIT, so other threads find no negotiation going on.
  if (channel.negotiation_ != 0) channel.extend_negotiation(parts, count);
  return ::writev(descriptor, parts, count);
}

}  // namespace holdfast::faultfs
