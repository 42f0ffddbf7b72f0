// The faultfs program: a directory seen through a mount that fails on demand.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "core/base/nearest.h"
#include "faultfs/control/client.h"
#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"
#include "faultfs/fuse/daemon.h"
#include "faultfs/model/fault_plan_json.h"
#include "faultfs/model/latency_json.h"

namespace holdfast::faultfs {
namespace {

namespace po = boost::program_options;

constexpr int kDone = 0;
constexpr int kBadArguments = 3;
constexpr int kCannotRunHere = 4;
constexpr int kInternalError = 5;
constexpr int kInterrupted = 130;

constexpr const char* kHelp = R"(faultfs: see a directory through a mount that fails on demand

Examples:
  mkdir /tmp/data /tmp/faulty
  faultfs mount /tmp/data /tmp/faulty --daemon
  echo '{"rules": [{"name": "full", "effect": {"full": {"left": "1MiB"}}}]}' | faultfs load /tmp/faulty -
  cp big-file /tmp/faulty/          # No space left on device
  faultfs clear /tmp/faulty
  faultfs unmount /tmp/faulty

Commands:
  mount SOURCE MOUNTPOINT   show SOURCE at MOUNTPOINT, an empty directory; in the foreground until Ctrl-C
  load MOUNTPOINT PLAN      arm the plan in the file PLAN ('-': standard input) in place of the armed one
  clear MOUNTPOINT          heal every fault
  restore MOUNTPOINT        undo the damage on the disk that nobody has written over
  status MOUNTPOINT         print as JSON what is armed and what has fired
  log MOUNTPOINT            print the faults so far, one JSON object a line
  unmount MOUNTPOINT        end the mount and its daemon; also clears away a dead one

A plan is ordered rules; latencies add up until the first error:
  {"rules": [{"name": "sync fails", "when": {"op": "fsync", "path": "spool/**", "probability": 0.05},
              "effect": {"error": "EIO"}},
             {"name": "slow", "when": {"from": "1s", "to": "3s"}, "effect": {"latency": "50ms"}}]}

)";

constexpr const char* kExitCodes = R"(
Exit codes: 0 done, 3 bad arguments or plan, 4 this machine cannot run it, 5 internal error, 130 interrupted
)";

int tell(const Error& error) {
  std::cerr << "faultfs: " << error.message << '\n';
  switch (error.code) {
    case Code::unsupported:
    case Code::permission: return kCannotRunHere;
    case Code::internal:
    case Code::io:
    case Code::timeout:
    case Code::corrupted: return kInternalError;
    default: return kBadArguments;
  }
}

struct Arguments {
  std::vector<std::string> words;  // the command and its operands
  po::variables_map options;
  std::string text(const char* name) const {
    return options.count(name) != 0 ? options[name].as<std::string>() : "";
  }
};

po::options_description described_options() {
  po::options_description options("Options");
  options.add_options()("help,h", "print this and end")("plan", po::value<std::string>()->value_name("FILE"),
                                                        "mount: arm this plan from the beginning")(
      "daemon", "mount: return once it is mounted, and serve in the background")(
      "socket", po::value<std::string>()->value_name("PATH"), "the control socket, if not the usual one")(
      "fault-log", po::value<std::string>()->value_name("FILE"),
      "mount: a JSON line for each injected fault")(
      "sync-log", po::value<std::string>()->value_name("FILE"),
      "mount: a JSON line for each sync and name that completed")(
      "page-cache", "mount: let the kernel cache data; rules then miss what it answers by itself")(
      "name-cache", "mount: let the kernel keep names and listings for 50 ms where no rule may meet them")(
      "passthrough", po::value<std::string>()->default_value("off")->value_name("auto|on|off"),
      "mount: let the kernel read and write by itself the files whose bytes no rule may meet when they are "
      "opened")("seed", po::value<std::uint64_t>()->default_value(1)->value_name("N"),
                "mount: seed of probabilities")("ready-fd", po::value<int>()->value_name("N"),
                                                "mount: write the socket's path here once it is mounted")(
      "lifeline-fd", po::value<int>()->value_name("N"),
      "mount: unmount when this descriptor reaches its end");
  return options;
}

Result<Arguments> parse_arguments(int argc, char** argv) {
  po::options_description all = described_options();
  all.add_options()("word", po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add("word", -1);
  namespace style = po::command_line_style;
  constexpr int kStyle = style::unix_style & ~style::allow_guessing;
  Arguments arguments;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional(positions).style(kStyle).run(),
              arguments.options);
    po::notify(arguments.options);
  } catch (const po::error& error) {
    return fail(Code::invalid, std::string(error.what()) + "; see faultfs --help");
  }
  if (arguments.options.count("word") != 0)
    arguments.words = arguments.options["word"].as<std::vector<std::string>>();
  return arguments;
}

Result<std::string> read_text(const std::string& path, std::string_view what) {
  std::ifstream file(path);
  if (!file) return fail(Code::not_found, "the " + std::string(what) + " " + path + " cannot be read");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

Result<FaultPlan> read_plan(const std::string& path) {
  const bool from_standard_input = path == "-";
  const auto text = from_standard_input
                        ? Result<std::string>(std::string(std::istreambuf_iterator<char>(std::cin), {}))
                        : read_text(path, "plan");
  if (!text) return fail(text.error());
  auto plan = parse_fault_plan(*text);
  if (!plan) return fail(plan.error().code, path + ": " + plan.error().message);
  const auto directory =
      from_standard_input ? std::filesystem::path() : std::filesystem::path(path).parent_path();
  const auto read = read_samples(plan->rules, "/rules", [&](const std::string& file) {
    return read_text((directory / file).string(), "file of samples");
  });
  if (!read) return fail(Code::invalid, path + ": " + read.error().pointer + ": " + read.error().message);
  return plan;
}

// In the parent of a daemon: passes on its readiness or its exit code.
int await_daemon(pid_t daemon, int ready) {
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
  return WIFEXITED(status) ? WEXITSTATUS(status) : kInternalError;
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

int serve(const MountOptions& options, bool as_daemon, int ready_fd) {
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

int serve_as_daemon(const MountOptions& options) {
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
  if (arguments.options.count("page-cache") != 0) share.caching = Caching::pages;
  share.keeps_names = arguments.options.count("name-cache") != 0;
  constexpr std::array<std::string_view, 3> kModes = {"off", "auto", "on"};
  const std::string mode = arguments.options["passthrough"].as<std::string>();
  const auto found = std::ranges::find(kModes, mode);
  if (found == kModes.end())
    return fail(Code::invalid, "--passthrough \"" + mode + "\"" + allowed_names(mode, kModes));
  share.passthrough = static_cast<PassthroughMode>(found - kModes.begin());
  return share;
}

int mount(const Arguments& arguments) {
  MountOptions options;
  options.source = arguments.words[1];
  options.mountpoint = arguments.words[2];
  options.socket = arguments.text("socket");
  options.fault_log = absolute(arguments.text("fault-log"));
  options.sync_log = absolute(arguments.text("sync-log"));
  options.seed = arguments.options["seed"].as<std::uint64_t>();
  auto share = read_share(arguments);
  if (!share) return tell(share.error());
  options.share = *share;
  if (arguments.options.count("lifeline-fd") != 0)
    options.lifeline = arguments.options["lifeline-fd"].as<int>();
  if (arguments.options.count("plan") != 0) {
    auto plan = read_plan(arguments.text("plan"));
    if (!plan) return tell(plan.error());
    options.plan = *std::move(plan);
  }
  if (arguments.options.count("daemon") != 0) return serve_as_daemon(options);
  return serve(options, false,
               arguments.options.count("ready-fd") != 0 ? arguments.options["ready-fd"].as<int>() : -1);
}

Result<ControlClient> connect(const Arguments& arguments) {
  if (arguments.options.count("socket") != 0) return ControlClient::connect(arguments.text("socket"));
  auto socket = control_socket_for(arguments.words[1]);
  if (!socket) return fail(socket.error());
  return ControlClient::connect(*socket);
}

int load(const Arguments& arguments) {
  auto plan = read_plan(arguments.words[2]);
  if (!plan) return tell(plan.error());
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto warning = client->load(*plan);
  if (!warning) return tell(warning.error());
  if (!warning->empty()) std::cerr << "faultfs: warning: " << *warning << '\n';
  return kDone;
}

int clear(const Arguments& arguments) {
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto cleared = client->clear();
  return cleared ? kDone : tell(cleared.error());
}

int restore(const Arguments& arguments) {
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto places = client->restore();
  if (!places) return tell(places.error());
  std::cout << *places << " damaged place" << (*places == 1 ? "" : "s") << " restored\n";
  return kDone;
}

int status(const Arguments& arguments) {
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto text = client->status();
  if (!text) return tell(text.error());
  std::cout << *text << '\n';
  return kDone;
}

int log(const Arguments& arguments) {
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto path = client->fault_log();
  if (!path) return tell(path.error());
  if (!path->empty()) {
    std::ifstream file(*path);
    if (!file) return tell({Code::not_found, "the fault log " + *path + " cannot be read"});
    if (file.peek() != std::ifstream::traits_type::eof()) std::cout << file.rdbuf();
    return kDone;
  }
  const auto lines = client->log();
  if (!lines) return tell(lines.error());
  for (const auto& line : *lines) std::cout << line << '\n';
  return kDone;
}

int unmount(const Arguments& arguments) {
  const auto mountpoint = canonical_mountpoint(arguments.words[1]);
  if (!mountpoint) return tell(mountpoint.error());
  if (!find_mount(*mountpoint)) return tell({Code::not_found, "nothing is mounted at " + *mountpoint});
  if (auto client = connect(arguments); client && client->stop()) {
    for (int i = 0; i < 500 && find_mount(*mountpoint); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto cleared = abort_and_unmount(*mountpoint);
  return cleared ? kDone : tell(cleared.error());
}

struct Command {
  std::string_view name;
  std::size_t operands;
  std::string_view usage;
  int (*run)(const Arguments&);
};

constexpr Command kCommands[] = {
    {"mount", 2, "mount SOURCE MOUNTPOINT [--plan FILE] [--daemon]", mount},
    {"load", 2, "load MOUNTPOINT PLAN", load},
    {"clear", 1, "clear MOUNTPOINT", clear},
    {"restore", 1, "restore MOUNTPOINT", restore},
    {"status", 1, "status MOUNTPOINT", status},
    {"log", 1, "log MOUNTPOINT", log},
    {"unmount", 1, "unmount MOUNTPOINT", unmount},
};

int run(int argc, char** argv) {
  const auto arguments = parse_arguments(argc, argv);
  if (!arguments) return tell(arguments.error());
  if (arguments->options.count("help") != 0) {
    std::cout << kHelp << described_options() << kExitCodes;
    return kDone;
  }
  if (arguments->words.empty()) return tell({Code::invalid, "a command is missing; see faultfs --help"});
  std::vector<std::string_view> names;
  for (const auto& command : kCommands) {
    if (command.name != arguments->words[0]) {
      names.push_back(command.name);
      continue;
    }
    if (arguments->words.size() == command.operands + 1) return command.run(*arguments);
    return tell({Code::invalid, "usage: faultfs " + std::string(command.usage)});
  }
  const std::string& found = arguments->words[0];
  return tell({Code::invalid, "unknown command \"" + found + "\"" + allowed_names(found, names)});
}

}  // namespace
}  // namespace holdfast::faultfs

int main(int argc, char** argv) { return holdfast::faultfs::run(argc, argv); }
