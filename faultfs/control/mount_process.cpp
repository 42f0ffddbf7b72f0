#include "faultfs/control/mount_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <utility>

#include "faultfs/control/fuse_available.h"
#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"

extern char** environ;

namespace holdfast::faultfs {
namespace {

constexpr auto kReadyTime = std::chrono::seconds(10);
// In the daemon; far from what it may open itself.
constexpr int kReadyDescriptor = 3;
constexpr int kLifelineDescriptor = 4;

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  // Above the descriptors that the child gets, so that giving them overwrites none of ours.
  bool open() {
    std::array<int, 2> low{};
    if (::pipe2(low.data(), O_CLOEXEC) != 0) return false;
    for (std::size_t i = 0; i < 2; ++i) {
      ends[i] = ::fcntl(low[i], F_DUPFD_CLOEXEC, 16);
      ::close(low[i]);
    }
    return ends[0] >= 0 && ends[1] >= 0;
  }
  int take(std::size_t end) { return std::exchange(ends[end], -1); }
};

std::string tail_of(const std::string& path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (text.ends_with('\n')) text.pop_back();
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace

Result<std::unique_ptr<MountProcess>> MountProcess::start(const Options& options) {
  if (auto able = fuse_available(); !able) return fail(able.error());
  auto canonical = canonical_mountpoint(options.mountpoint);
  if (!canonical) return fail(canonical.error());
  std::unique_ptr<MountProcess> mount(new MountProcess(options));
  mount->options_.mountpoint = *canonical;
  // Somebody else's mount must not fall to the destructor.
  if (find_mount(*canonical)) return fail(Code::busy, *canonical + " is already a mount");

  Pipe ready;
  Pipe lifeline;
  if (!ready.open() || !lifeline.open()) return fail(error_of_errno(errno, "make a pipe for faultfs"));
  if (auto spawned = mount->spawn(ready.ends[1], lifeline.ends[0]); !spawned) return fail(spawned.error());
  mount->lifeline_ = lifeline.take(1);
  ::close(ready.take(1));
  auto socket = mount->await_ready(ready.ends[0]);
  if (!socket) return fail(socket.error());
  auto control = ControlClient::connect(*socket);
  if (!control) return fail(control.error());
  mount->control_ = std::make_unique<ControlClient>(*std::move(control));
  return mount;
}

MountProcess::~MountProcess() { (void)stop(); }

Status MountProcess::spawn(int ready_write, int lifeline_read) {
  std::vector<std::string> words = {options_.program, "mount", options_.source, options_.mountpoint};
  words.insert(words.end(), options_.more.begin(), options_.more.end());
  words.insert(words.end(), {"--ready-fd", std::to_string(kReadyDescriptor), "--lifeline-fd",
                             std::to_string(kLifelineDescriptor)});
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, 1, options_.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  ::posix_spawn_file_actions_adddup2(&actions, ready_write, kReadyDescriptor);
  ::posix_spawn_file_actions_adddup2(&actions, lifeline_read, kLifelineDescriptor);
  // A group of its own: Ctrl-C is for us, and we then heal and unmount in order.
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t none;
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  const int error =
      ::posix_spawn(&daemon_, options_.program.c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return {};
  daemon_ = -1;
  return fail(error_of_errno(error, "start " + options_.program));
}

// The path of the control socket, which faultfs writes once it is mounted.
Result<std::string> MountProcess::await_ready(int ready_read) {
  const auto deadline = std::chrono::steady_clock::now() + kReadyTime;
  std::string socket;
  while (!socket.ends_with('\n')) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{ready_read, POLLIN, 0};
    const int events = left.count() > 0 ? ::poll(&waiting, 1, static_cast<int>(left.count())) : 0;
    if (events < 0 && errno == EINTR) continue;
    if (events <= 0) return fail(Code::timeout, "faultfs did not mount " + options_.mountpoint + " in time");
    char buffer[256];
    const ssize_t got = ::read(ready_read, buffer, sizeof buffer);
    if (got <= 0) {
      return fail(Code::unsupported,
                  "faultfs could not mount " + options_.mountpoint + ": " + tail_of(options_.output));
    }
    socket.append(buffer, static_cast<std::size_t>(got));
  }
  socket.pop_back();
  return socket;
}

// True when the daemon has ended within so many tenths of a second.
bool MountProcess::await_exit(int tenths) {
  for (int i = 0; i <= 10 * tenths; ++i) {
    const pid_t ended = ::waitpid(daemon_, nullptr, WNOHANG);
    if (ended == daemon_ || (ended < 0 && errno == ECHILD)) {
      daemon_ = -1;
      return true;
    }
    ::usleep(10'000);
  }
  return false;
}

// Asks ever less kindly.
void MountProcess::end_daemon() {
  if (daemon_ < 0) return;
  if (control_ && control_->stop() && await_exit(50)) return;
  ::kill(daemon_, SIGTERM);
  if (await_exit(20)) return;
  (void)abort_and_unmount(options_.mountpoint);
  ::kill(daemon_, SIGKILL);
  (void)await_exit(20);
}

Status MountProcess::stop() {
  if (daemon_ < 0) return {};
  end_daemon();
  control_.reset();
  if (lifeline_ >= 0) ::close(std::exchange(lifeline_, -1));
  return abort_and_unmount(options_.mountpoint);
}

}  // namespace holdfast::faultfs
