// Serving a mount, in the foreground or as a daemon.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iostream>

#include "core/base/nearest.h"
#include "faultfs/cli/arguments.h"
#include "faultfs/cli/commands.h"
#include "faultfs/cli/plan_file.h"
#include "faultfs/fuse/daemon.h"

namespace holdfast::faultfs::cli {
namespace {

constexpr std::uint64_t kMostDescriptor = 1'000'000;

// In the parent of a daemon: passes on its readiness or its exit code.
ExitCode await_daemon(pid_t daemon, int ready) {
  std::string socket;
  char buffer[256];
  for (;;) {
    const ssize_t got = ::read(ready, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    socket.append(buffer, static_cast<std::size_t>(got));
  }
  if (socket.ends_with('\n')) return kDone;
  int status = 0;
  while (::waitpid(daemon, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? static_cast<ExitCode>(WEXITSTATUS(status)) : kInternal;
}

void tell_ready(int descriptor, const std::string& socket) {
  const std::string line = socket + "\n";
  (void)!::write(descriptor, line.data(), line.size());
  ::close(descriptor);
}

// A daemon holds no terminal and no pipe of its caller's.
void leave_the_terminal() {
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int standard : {0, 1, 2}) ::dup2(null, standard);
  ::close(null);
}

ExitCode serve(const MountOptions& options, bool as_daemon, int ready_fd) {
  const auto end = serve_mount(options, [&](const std::string& socket) {
    if (as_daemon) {
      leave_the_terminal();
    } else {
      std::cerr << "faultfs: " << options.source << " is mounted at " << options.mountpoint
                << "; Ctrl-C unmounts it; its control socket is " << socket << std::endl;
    }
    if (ready_fd >= 0) tell_ready(ready_fd, socket);
  });
  if (!end) return tell(end.error());
  return *end == MountEnd::interrupted ? kInterrupted : kDone;
}

ExitCode serve_as_daemon(const MountOptions& options) {
  int ready[2];
  if (::pipe2(ready, O_CLOEXEC) != 0) return tell(error_of_errno(errno, "make a pipe"));
  const pid_t daemon = ::fork();
  if (daemon < 0) return tell(error_of_errno(errno, "start the daemon"));
  if (daemon > 0) {
    ::close(ready[1]);
    return await_daemon(daemon, ready[0]);
  }
  ::close(ready[0]);
  ::setsid();
  return serve(options, true, ready[1]);
}

// As other programs, elsewhere, can name it.
std::string absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

Result<KernelShare> read_share(const Arguments& arguments) {
  KernelShare share;
  if (arguments.has("page-cache")) share.caching = Caching::pages;
  share.keeps_names = arguments.has("name-cache");
  constexpr std::array<std::string_view, 3> kModes = {"off", "auto", "on"};
  const std::string mode = arguments.text("passthrough", "off");
  const auto found = std::ranges::find(kModes, mode);
  if (found == kModes.end())
    return fail(Code::invalid, "--passthrough \"" + mode + "\"" + allowed_names(mode, kModes));
  share.passthrough = static_cast<PassthroughMode>(found - kModes.begin());
  return share;
}

void add_mount_options(Arguments& arguments) {
  arguments.add()("plan", text_value("FILE"), "arm this plan from the beginning; SIGHUP has it read again")(
      "replay", text_value("LOG"),
      "inject the faults of this fault log, each to the operation that it befell")(
      "daemon", "return once it is mounted, and serve in the background")(
      "socket", text_value("PATH"), "the control socket, if not the usual one")(
      "fault-log", text_value("FILE"), "a JSON line for each injected fault")(
      "sync-log", text_value("FILE"), "a JSON line for each sync and name that completed")(
      "power-cut", "keep account of what no sync has made durable, so that `faultfs power-cut` can take it")(
      "page-cache", "let the kernel cache data; rules then miss what it answers by itself")(
      "name-cache", "let the kernel keep names and listings for 50 ms where no rule may meet them")(
      "passthrough", text_value("auto|on|off"),
      "let the kernel read and write by itself the files whose bytes no rule may meet when they are opened; "
      "off if not given")("seed", text_value("N"), "seed of probabilities; 1 if not given")(
      "class", list_value("GLOB"), "files that are alike, for the coverage; may be given several times")(
      "ready-fd", text_value("N"), "write the socket's path here once it is mounted")(
      "lifeline-fd", text_value("N"), "unmount when this descriptor reaches its end");
}

// What the words say; `ready_fd` apart, which is no matter of the mount.
Result<MountOptions> read_options(const Arguments& arguments, int& ready_fd) {
  MountOptions options;
  options.source = arguments.operand(0);
  options.mountpoint = arguments.operand(1);
  options.socket = arguments.text("socket");
  options.fault_log = absolute(arguments.text("fault-log"));
  options.sync_log = absolute(arguments.text("sync-log"));
  options.classes = arguments.list("class");
  const auto seed = arguments.number("seed", options.seed, {0, UINT64_MAX});
  if (!seed) return fail(seed.error());
  options.seed = *seed;
  options.power_cut = arguments.has("power-cut");
  if (options.power_cut && arguments.has("name-cache"))
    return fail(Code::invalid, "with --power-cut the kernel may keep no names; leave out --name-cache");
  const auto share = read_share(arguments);
  if (!share) return fail(share.error());
  options.share = *share;
  for (auto [name, into] : {std::pair{"lifeline-fd", &options.lifeline}, std::pair{"ready-fd", &ready_fd}}) {
    const auto number = arguments.number(name, 0, {0, kMostDescriptor});
    if (!number) return fail(number.error());
    if (!arguments.has(name)) continue;
    *into = static_cast<int>(*number);
    if (::fcntl(*into, F_GETFD) < 0)
      return fail(Code::invalid, "--" + std::string(name) + ": " + arguments.text(name) +
                                     " is no open descriptor of this process");
  }
  if (arguments.has("plan") && arguments.has("replay"))
    return fail(Code::invalid, "a mount has either a --plan or a --replay");
  if (arguments.has("replay")) {
    auto recorded = read_fault_log(arguments.text("replay"));
    if (!recorded) return fail(recorded.error());
    options.plan.rules = rules_of(*recorded);
  }
  if (!arguments.has("plan")) return options;
  auto plan = read_plan(arguments.text("plan"));
  if (!plan) return fail(plan.error());
  options.plan = *std::move(plan);
  if (const auto file = arguments.text("plan"); file != "-")
    options.reread_plan = [file = absolute(file)] { return read_plan(file); };
  return options;
}

}  // namespace

ExitCode mount_command(const Words& words) {
  Arguments arguments("mount", {"SOURCE", "MOUNTPOINT"},
                      "Shows SOURCE at MOUNTPOINT, an empty directory; in the foreground until Ctrl-C.",
                      {"faultfs mount /tmp/data /tmp/faulty --daemon",
                       "faultfs mount /tmp/data /tmp/faulty --plan plan.json --fault-log faults.jsonl"});
  add_mount_options(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  int ready_fd = -1;
  const auto options = read_options(arguments, ready_fd);
  if (!options) return tell(options.error());
  if (arguments.has("daemon")) return serve_as_daemon(*options);
  return serve(*options, false, ready_fd);
}

}  // namespace holdfast::faultfs::cli
