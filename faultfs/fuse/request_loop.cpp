#include "faultfs/fuse/request_loop.h"

#define FUSE_USE_VERSION 35
#include <fuse_lowlevel.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace holdfast::faultfs {
namespace {

// Interrupts the request thread when a sign comes, again and again until it has seen it: a signal that
// arrives just before the read begins is lost.
class EndWatch {
 public:
  explicit EndWatch(const EndSigns& signs)
      : signs_(signs),
        requests_(::pthread_self()),
        closed_(::eventfd(0, EFD_CLOEXEC)),
        thread_([this] { watch(); }) {}
  ~EndWatch() {
    ended_ = true;
    (void)::eventfd_write(closed_, 1);
    thread_.join();
    ::close(closed_);
  }
  EndWatch(const EndWatch&) = delete;
  EndWatch& operator=(const EndWatch&) = delete;

  bool has_come() const { return has_come_.load(std::memory_order_relaxed); }
  MountEnd end() const { return end_; }
  void await() const { has_come_.wait(false); }
  // Around each read: nothing else is interrupted.
  void set_reading(bool reading) { reading_.store(reading, std::memory_order_relaxed); }

 private:
  EndSigns signs_;
  pthread_t requests_;
  int closed_;
  std::atomic<bool> has_come_{false};
  std::atomic<bool> reading_{false};
  std::atomic<bool> ended_{false};
  MountEnd end_ = MountEnd::stopped;  // set before has_come_
  std::thread thread_;

  void watch() {
    pollfd waiting[] = {{signs_.signals, POLLIN, 0},
                        {signs_.stop, POLLIN, 0},
                        {signs_.lifeline, POLLIN, 0},
                        {closed_, POLLIN, 0}};
    while (::poll(waiting, 4, -1) < 0 && errno == EINTR) continue;
    if (waiting[0].revents != 0) {
      signalfd_siginfo info{};
      const bool got = ::read(signs_.signals, &info, sizeof info) == sizeof info;
      if (got && info.ssi_signo == SIGINT) end_ = MountEnd::interrupted;
    }
    has_come_ = true;
    has_come_.notify_all();
    while (!ended_) {
      if (reading_) ::pthread_kill(requests_, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
};

void let_reads_be_interrupted() {
  struct sigaction action {};
  action.sa_handler = [](int) {};
  ::sigaction(SIGUSR1, &action, nullptr);  // without SA_RESTART
}

}  // namespace

MountEnd serve_requests(fuse_session* session, const EndSigns& signs, const std::atomic<bool>& disconnected) {
  let_reads_be_interrupted();
  EndWatch watch(signs);
  fuse_buf buffer{};
  while (!watch.has_come() && fuse_session_exited(session) == 0) {
    watch.set_reading(true);
    const int got = fuse_session_receive_buf(session, &buffer);
    watch.set_reading(false);
    if (got > 0) {
      fuse_session_process_buf(session, &buffer);
    } else if (got != -EAGAIN && got != -EINTR) {
      break;  // unmounted by somebody, or disconnected
    }
  }
  std::free(buffer.mem);
  if (disconnected) watch.await();
  return watch.has_come() ? watch.end() : MountEnd::stopped;
}

}  // namespace holdfast::faultfs
