#include "faultfs/fuse/plan_reload.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

namespace holdfast::faultfs {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

int hangups_apart_from(int end_signals) {
  const sigset_t others = set_of({SIGINT, SIGTERM});
  (void)::signalfd(end_signals, &others, 0);
  const sigset_t hangup = set_of({SIGHUP});
  return ::signalfd(-1, &hangup, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

PlanReload::PlanReload(int end_signals, Reread reread, ControlHandler& control)
    : reread_(std::move(reread)),
      control_(control),
      hangups_(hangups_apart_from(end_signals)),
      closed_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { run(); }) {}

PlanReload::~PlanReload() {
  (void)::eventfd_write(closed_, 1);
  thread_.join();
  ::close(closed_);
  ::close(hangups_);
}

ReloadStatus PlanReload::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void PlanReload::run() {
  pollfd waiting[] = {{hangups_, POLLIN, 0}, {closed_, POLLIN, 0}};
  for (;;) {
    if (::poll(waiting, 2, -1) < 0 && errno == EINTR) continue;
    if (waiting[1].revents != 0) return;
    signalfd_siginfo info{};
    if (::read(hangups_, &info, sizeof info) != sizeof info) continue;
    const bool by_the_terminal = info.ssi_code == SI_KERNEL;
    by_the_terminal ? control_.stop() : read_again();
  }
}

void PlanReload::read_again() {
  auto plan = reread_();
  std::string error = plan ? "" : plan.error().message;
  if (plan) {
    const std::size_t rules = plan->rules.size();
    const std::string warning = control_.arm(*std::move(plan));
    std::fprintf(stderr, "faultfs: the plan was read again, and %zu rule%s armed\n", rules,
                 rules == 1 ? " is" : "s are");
    if (!warning.empty()) std::fprintf(stderr, "faultfs: warning: %s\n", warning.c_str());
  } else {
    std::fprintf(stderr, "faultfs: the armed plan stays: %s\n", error.c_str());
  }
  const std::lock_guard lock(mutex_);
  ++status_.times;
  status_.error = std::move(error);
}

}  // namespace holdfast::faultfs
