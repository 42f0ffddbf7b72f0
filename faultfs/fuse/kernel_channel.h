// The channel to the kernel below libfuse, for what libfuse 3.14 has no words for. All of it is here, so
// that a newer libfuse needs this file no more.
//
//   KernelChannel channel;                           // outlives the session
//   channel.ask_for_passthrough();                   // if it is wanted
//   channel.attach(session);                         // after fuse_session_mount
//
// INIT   shared writable mappings are allowed although data is not cached (kernel 6.6 and later), and
//        kernel passthrough is asked for (6.9 and later); with it that set-id bits are the daemon's affair,
//        or the kernel would ask for a file's capabilities before each write that it makes by itself.
// OPEN, CREATE  answered with a backing file: the kernel then reads and writes that one by itself.
// TMPFILE (kernel 6.2) is laid out like CREATE and becomes one, of a name that no CREATE can have.
// WRITE, SETATTR  a caller without the right to keep them takes set-user-id and set-group-id off the file.
//
// The session's user data must be the Passthrough that owns the channel. Requests are read by the
// request thread alone; answers may be written from any thread.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

struct fuse_session;

namespace holdfast::faultfs {

// What O_TMPFILE asks for arrives as the creation of this name.
inline constexpr std::string_view kNameless = "/";

class KernelChannel {
 public:
  // False when libfuse refuses; the mount then works without what is described above.
  bool attach(fuse_session* session);

  // By what the request thread read last the file must lose its set-id bits.
  bool drops_set_id() const { return drops_set_id_; }

  // The number of what the request thread read last.
  std::uint64_t request() const { return request_; }

  void ask_for_passthrough() { wants_passthrough_ = true; }
  // Tells the kernel of a backing file, by any descriptor of it; its number, or the errno of the refusal
  // (EOPNOTSUPP where the kernel offers no passthrough).
  std::expected<std::int32_t, int> add_backing(int descriptor) const;
  void remove_backing(std::int32_t number) const;
  // The next answer of this thread, to an open or a create, is given with this backing file.
  static void back_next_open(std::int32_t number);

 private:
  int device_ = -1;
  std::uint64_t request_ = 0;
  bool wants_passthrough_ = false;
  std::uint64_t negotiation_ = 0;  // INIT: its number
  std::uint32_t agreed_ = 0;       // INIT: of the further flags what both sides know
  bool takes_set_id_ = false;      // INIT: the kernel knows how to leave set-id bits to the daemon
  bool drops_set_id_ = false;

  void look_at(std::byte* request, std::size_t size);
  void extend_negotiation(iovec* parts, int count);
  static ssize_t read(int descriptor, void* into, std::size_t size, void* passthrough);
  static ssize_t write(int descriptor, iovec* parts, int count, void* passthrough);
};

}  // namespace holdfast::faultfs
