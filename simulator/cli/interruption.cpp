#include "simulator/cli/interruption.h"

#include <signal.h>
#include <unistd.h>

namespace holdfast::cli {
namespace {

std::atomic<bool> flag{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

void on_signal(int) {
  if (flag.exchange(true)) ::_exit(130);
}

bool install() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return true;
}

}  // namespace

const std::atomic<bool>& interrupted() {
  static const bool installed = install();
  (void)installed;
  return flag;
}

}  // namespace holdfast::cli
