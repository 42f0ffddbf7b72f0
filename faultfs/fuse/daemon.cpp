#include "faultfs/fuse/daemon.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>

#include "faultfs/control/end_signals.h"
#include "faultfs/control/fuse_available.h"
#include "faultfs/control/server.h"
#include "faultfs/control/socket_path.h"
#include "faultfs/fuse/as_caller.h"
#include "faultfs/fuse/descriptor.h"
#include "faultfs/fuse/forgetter.h"
#include "faultfs/fuse/mount_guard.h"
#include "faultfs/fuse/passthrough.h"
#include "faultfs/fuse/plan_reload.h"
#include "faultfs/fuse/watchdog.h"

namespace holdfast::faultfs {
namespace {

constexpr unsigned kMaxBackground = 65535;  // so that delayed reads starve no others

struct CloseSession {
  void operator()(fuse_session* session) const { fuse_session_destroy(session); }
};
using Session = std::unique_ptr<fuse_session, CloseSession>;

// Every inode the kernel knows holds a descriptor. Root may go beyond its own limit, up to the kernel's.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  rlim_t most = 0;
  std::ifstream("/proc/sys/fs/nr_open") >> most;
  const rlimit wider{std::max(most, limit.rlim_max), std::max(most, limit.rlim_max)};
  if (::setrlimit(RLIMIT_NOFILE, &wider) == 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::size_t descriptor_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

// The kernel's table of descriptors grows by doubling, and once the process has threads each growth waits
// for all processors (milliseconds, in some program's lookup). Called before the first thread.
void grow_descriptor_table() {
  constexpr std::size_t kUsuallyEnough = 65536;
  const auto highest = static_cast<int>(std::min(kUsuallyEnough, descriptor_limit())) - 1;
  const int high = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, highest);
  if (high >= 0) ::close(high);
}

// libfuse prints why a mount failed; we put it into the error instead.
std::string last_fuse_message;

void keep_message(fuse_log_level, const char* format, va_list arguments) {
  char text[512];
  std::vsnprintf(text, sizeof text, format, arguments);
  last_fuse_message = text;
  while (last_fuse_message.ends_with('\n')) last_fuse_message.pop_back();
}

void begin_connection(void*, fuse_conn_info* connection) {
  connection->max_background = kMaxBackground;
  connection->congestion_threshold = kMaxBackground;
  // A truncating open then arrives as open and truncate, each judged by itself.
  connection->want &= ~static_cast<unsigned>(FUSE_CAP_ATOMIC_O_TRUNC);
  // Only the kernel knows whether a caller may keep set-id bits; it tells by chmod, and with each write.
  connection->want &= ~static_cast<unsigned>(FUSE_CAP_HANDLE_KILLPRIV);
}

fuse_lowlevel_ops all_operations() {
  fuse_lowlevel_ops table{};
  table.init = begin_connection;
  add_name_operations(table);
  add_attribute_operations(table);
  add_extended_attribute_operations(table);
  add_open_operations(table);
  add_file_operations(table);
  add_directory_operations(table);
  return table;
}

// Root's mount serves everybody, and takes set-id programs and devices for what the backing directory does.
std::string mount_options(const MountGround& ground) {
  std::string options = "subtype=faultfs,default_permissions,fsname=";
  for (char c : ground.source) {
    if (c == ',' || c == '\\') options += '\\';
    options += c;
  }
  if (::geteuid() != 0) return options;
  options += ",allow_other";
  struct statvfs backing {};
  if (::fstatvfs(ground.source_descriptor, &backing) != 0) return options;
  if ((backing.f_flag & ST_NOSUID) == 0) options += ",suid";
  if ((backing.f_flag & ST_NODEV) == 0) options += ",dev";
  return options;
}

Result<Session> mount_session(const MountGround& ground, Passthrough& fs) {
  static const fuse_lowlevel_ops kOperations = all_operations();
  std::string options = mount_options(ground);
  char name[] = "faultfs", flag[] = "-o";
  char* arguments[] = {name, flag, options.data(), nullptr};
  fuse_args args = FUSE_ARGS_INIT(3, arguments);
  fuse_set_log_func(keep_message);
  Session session(fuse_session_new(&args, &kOperations, sizeof kOperations, &fs));
  fuse_opt_free_args(&args);  // libfuse adds one of its own
  if (!session) return fail(Code::internal, "libfuse made no session: " + last_fuse_message);
  if (fuse_session_mount(session.get(), ground.mountpoint.c_str()) != 0) {
    return fail(Code::unsupported, "mounting " + ground.mountpoint + " failed: " + last_fuse_message);
  }
  fuse_set_log_func(nullptr);
  (void)fs.channel.attach(session.get());
  return session;
}

std::string warning_of_bypassing(std::uint64_t handles) {
  if (handles == 0) return {};
  return std::to_string(handles) + (handles == 1 ? " open file is" : " open files are") +
         " passed through the kernel, so the rules meet no read or write of it until it is opened anew";
}

PassthroughStatus passthrough_status(const KernelPassthrough& bytes) {
  constexpr const char* kModes[] = {"off", "auto", "on"};
  const auto account = bytes.account();
  return {.mode = kModes[static_cast<std::size_t>(account.mode)],
          .handles = account.handles,
          .bypassing = bytes.bypassing(),
          .refused = account.refused,
          .reason = account.reason};
}

class Control final : public ControlHandler {
 public:
  Control(Passthrough& fs, const MountOptions& options, const MountGround& ground, const LineLog& fault_log)
      : fs_(fs),
        options_(options),
        ground_(ground),
        fault_log_(fault_log),
        stop_(::eventfd(0, EFD_CLOEXEC)) {}

  // By the control socket's thread and by that which reads the plan again.
  std::string arm(FaultPlan plan) override {
    const std::lock_guard lock(arming_);
    fs_.arm(std::move(plan));
    return warning_of_bypassing(fs_.bytes.bypassing());
  }
  std::uint64_t restore() override { return fs_.restore(); }
  Result<PowerCutReport> cut_power(const PowerCutRequest& cut) override {
    if (!fs_.durability.on()) return fail(no_account());
    return fs_.cut_power(cut);
  }
  Result<UnsyncedReport> unsynced() override {
    if (!fs_.durability.on()) return fail(no_account());
    return fs_.durability.unsynced();
  }
  Result<Promise> promised() override {
    if (!fs_.durability.on()) return fail(no_account());
    return fs_.promised();
  }
  CoverageReport coverage() override { return fs_.faults.coverage(); }
  TraceLines trace(const Trigger& when) override { return fs_.faults.trace().take(when); }
  std::vector<std::string> log_lines() override { return fault_log_.last_lines(); }
  void stop() override { (void)::eventfd_write(*stop_, 1); }
  int stop_descriptor() const { return *stop_; }
  // From now on SIGHUP has the plan read again, if it has a file.
  void reload_plans(int end_signals) {
    if (options_.reread_plan) reload_.emplace(end_signals, options_.reread_plan, *this);
  }
  void end_reloads() { reload_.reset(); }

  MountStatus status() override {
    MountStatus status;
    status.pid = ::getpid();
    status.source = ground_.source;
    status.mountpoint = ground_.mountpoint;
    status.seed = options_.seed;
    status.fault_log = options_.fault_log;
    status.sync_log = options_.sync_log;
    fs_.faults.describe(status);
    status.passthrough = passthrough_status(fs_.bytes);
    if (reload_) status.reload = reload_->status();
    status.delayed = fs_.delayed();
    status.inodes = fs_.nodes.size();
    status.lost_log_lines = fault_log_.lost() + fs_.syncs.lost();
    return status;
  }

 private:
  static Error no_account() {
    return {Code::unsupported, "this mount keeps no account of what is un-synced; mount it with --power-cut"};
  }

  Passthrough& fs_;
  const MountOptions& options_;
  const MountGround& ground_;
  const LineLog& fault_log_;
  Descriptor stop_;
  std::mutex arming_;
  std::optional<PlanReload> reload_;
};

// Cuts the mount off as a daemon that crashed does: its end of the channel closes, and the kernel aborts the
// connection. Every call answers ENOTCONN then, until the mount is taken away. The descriptor's number stays
// taken, so that what is still on its way to it goes nowhere.
void disconnect(fuse_session* session) {
  const Descriptor nowhere(::open("/dev/null", O_RDWR | O_CLOEXEC));
  (void)::dup3(*nowhere, fuse_session_fd(session), O_CLOEXEC);
}

Result<std::string> socket_for(const MountOptions& options, const MountGround& ground) {
  return options.socket.empty() ? control_socket_for(ground.mountpoint) : Result<std::string>(options.socket);
}

Result<std::unique_ptr<SyncLog>> open_sync_log(const std::string& path) {
  if (path.empty()) return std::make_unique<SyncLog>(nullptr);
  auto log = LineLog::open(path);
  if (!log) return fail(log.error());
  return std::make_unique<SyncLog>(*std::move(log));
}

}  // namespace

Result<MountEnd> serve_mount(const MountOptions& options,
                             const std::function<void(const std::string& socket)>& ready) {
  if (auto able = fuse_available(); !able) return fail(able.error());
  auto ground = check_mount_ground(options.source, options.mountpoint);
  if (!ground) return fail(ground.error());
  struct stat root {};
  if (::fstat(ground->source_descriptor, &root) != 0)
    return fail(error_of_errno(errno, "look at " + ground->source));
  const auto socket = socket_for(options, *ground);
  if (!socket) return fail(socket.error());
  auto fault_log = LineLog::open(options.fault_log);
  if (!fault_log) return fail(fault_log.error());
  auto sync_log = open_sync_log(options.sync_log);
  if (!sync_log) return fail(sync_log.error());

  raise_descriptor_limit();
  grow_descriptor_table();
  const Descriptor signals(block_end_signals());
  auto watchdog = Watchdog::start(ground->mountpoint, *socket);
  if (!watchdog) return fail(watchdog.error());
  ::umask(0);  // callers' modes arrive with their own umask applied
  AsCaller::prepare();

  Passthrough fs(ground->source_descriptor, root, options.seed, PathClasses(options.classes), options.share,
                 options.power_cut, **fault_log, **sync_log);
  Control control(fs, options, *ground, **fault_log);
  auto server = ControlServer::listen(*socket, control);
  auto session = server ? mount_session(*ground, fs) : Result<Session>(fail(server.error()));
  if (!session) {
    (*watchdog)->dismiss();  // whatever is mounted there is not ours
    return fail(session.error());
  }
  Forgetter forgetter(session->get(), fs.nodes, descriptor_limit() / 2);
  std::atomic<bool> disconnected{false};
  fs.faults.when_disconnected([&] {
    disconnected = true;
    disconnect(session->get());
  });
  fs.arm(options.plan);
  control.reload_plans(*signals);
  (*server)->start();
  ready(*socket);

  const MountEnd end =
      serve_requests(session->get(), {*signals, control.stop_descriptor(), options.lifeline}, disconnected);
  server->reset();
  control.end_reloads();
  fs.settle();
  fuse_session_unmount(session->get());
  if (!forgetter.end()) (void)session->release();  // the thread left behind may use it until the process ends
  (*watchdog)->dismiss();
  return end;
}

}  // namespace holdfast::faultfs
