#include "faultfs/fuse/watchdog.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "faultfs/control/mount_table.h"

namespace holdfast::faultfs {
namespace {

constexpr char kDismissed = 'q';
constexpr int kTries = 50;
constexpr useconds_t kBetweenTries = 20'000;

// Keeps `pipe` alone, as descriptor 0, so that it holds nothing of the daemon's or its caller's.
void keep_only(int pipe) {
  ::dup2(pipe, 0);
  ::close_range(1, ~0U, 0);
  const int null = ::open("/dev/null", O_RDWR);  // 1
  ::dup2(null, 2);
}

[[noreturn]] void watch(int pipe, const std::string& mountpoint, const std::string& socket_path) {
  ::setsid();
  ::prctl(PR_SET_NAME, "faultfs-watch");
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  (void)!::chdir("/");
  keep_only(pipe);
  char word = 0;
  ssize_t got = 0;
  do got = ::read(0, &word, 1);
  while (got < 0 && errno == EINTR);
  if (got == 1 && word == kDismissed) ::_exit(0);
  for (int i = 0; i < kTries; ++i) {
    const auto mount = find_mount(mountpoint);
    if (!mount || mount->type != kMountType) break;
    (void)abort_and_unmount(mountpoint);
    if (i > 0) ::usleep(kBetweenTries);
  }
  ::unlink(socket_path.c_str());
  ::_exit(0);
}

}  // namespace

Result<std::unique_ptr<Watchdog>> Watchdog::start(const std::string& mountpoint,
                                                  const std::string& socket_path) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return fail(error_of_errno(errno, "make the watchdog's pipe"));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[1]);
    watch(pipe[0], mountpoint, socket_path);
  }
  const int error = errno;
  ::close(pipe[0]);
  if (child < 0) {
    ::close(pipe[1]);
    return fail(error_of_errno(error, "start the watchdog"));
  }
  return std::unique_ptr<Watchdog>(new Watchdog(child, pipe[1]));
}

Watchdog::~Watchdog() {
  if (pipe_ < 0) return;
  ::close(pipe_);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Watchdog::dismiss() {
  ssize_t told = 0;
  do told = ::write(pipe_, &kDismissed, 1);
  while (told < 0 && errno == EINTR);
}

}  // namespace holdfast::faultfs
