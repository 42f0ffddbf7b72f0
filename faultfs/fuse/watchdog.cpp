#include "faultfs/fuse/watchdog.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "faultfs/control/mount_table.h"

namespace holdfast::faultfs {
namespace {

constexpr char kOnGuard = 'g';
constexpr char kDismissed = 'q';
constexpr int kTries = 50;
constexpr useconds_t kBetweenTries = 20'000;

// Keeps `line` alone, as descriptor 0, so that it holds nothing of the daemon's or its caller's.
void keep_only(int line) {
  ::dup2(line, 0);
  ::close_range(1, ~0U, 0);
  const int null = ::open("/dev/null", O_RDWR);  // 1
  ::dup2(null, 2);
}

bool say(int line, char word) {
  ssize_t told = 0;
  do told = ::send(line, &word, 1, MSG_NOSIGNAL);
  while (told < 0 && errno == EINTR);
  return told == 1;
}

// 0: the other end is gone.
char hear(int line) {
  char word = 0;
  ssize_t got = 0;
  do got = ::read(line, &word, 1);
  while (got < 0 && errno == EINTR);
  return got == 1 ? word : 0;
}

[[noreturn]] void watch(int line, const std::string& mountpoint, const std::string& socket_path) {
  ::setsid();
  ::prctl(PR_SET_NAME, "faultfs-watch");
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::signal(signal, SIG_IGN);
  (void)!::chdir("/");
  keep_only(line);
  (void)say(0, kOnGuard);
  if (hear(0) == kDismissed) ::_exit(0);
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
  int line[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
    return fail(error_of_errno(errno, "make the watchdog's line"));
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(line[1]);
    watch(line[0], mountpoint, socket_path);
  }
  const int error = errno;
  ::close(line[0]);
  if (child < 0) {
    ::close(line[1]);
    return fail(error_of_errno(error, "start the watchdog"));
  }
  auto watchdog = std::unique_ptr<Watchdog>(new Watchdog(child, line[1]));
  // Until it has left the daemon's group, what kills the group kills it too.
  if (hear(line[1]) != kOnGuard) return fail(Code::internal, "the watchdog ended before it was on guard");
  return watchdog;
}

Watchdog::~Watchdog() {
  if (line_ < 0) return;
  ::close(line_);
  while (::waitpid(child_, nullptr, 0) < 0 && errno == EINTR) continue;
}

void Watchdog::dismiss() { (void)say(line_, kDismissed); }

}  // namespace holdfast::faultfs
