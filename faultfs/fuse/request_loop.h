// The request thread: asks the kernel for one request after the other and has each served, until told to end.
//
//   const MountEnd end = serve_requests(session, {signals, stop, lifeline});
//
// It sleeps in the read itself, so a request costs no system call but that read and the answer. What tells
// it to end is watched by a second thread, which interrupts the read by a signal (SIGUSR1). Call it once
// in a process.
#pragma once

#include <atomic>
#include <cstdint>

struct fuse_session;

namespace holdfast::faultfs {

enum class MountEnd : std::uint8_t { stopped, interrupted };

// Descriptors that become readable when the mount is to end; -1: none.
struct EndSigns {
  int signals;   // a signalfd; SIGINT interrupts, others stop
  int stop;      // an eventfd
  int lifeline;  // or whose other end closes
};

// Also ends when somebody has unmounted; once `disconnected`, serves nothing and waits for a sign.
MountEnd serve_requests(fuse_session* session, const EndSigns& signs, const std::atomic<bool>& disconnected);

}  // namespace holdfast::faultfs
