#include "simulator/subject/command_subject.h"

#include <filesystem>

#include "simulator/subject/command_protocol_json.h"

namespace holdfast::subject {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(20);
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

}  // namespace

class CommandCaller final : public Caller {
 public:
  explicit CommandCaller(CommandSubject& subject) : subject_(subject) {}

  oracle::CallOutcome call(const UsageRecord& record) override {
    UsageRecord stamped = record;
    if (stamped.time_ns == 0) stamped.time_ns = subject_.env_.clock.wall().time_since_epoch().count();
    const bool taken = subject_.child_->offer(record_line(stamped), subject_.interrupted_);
    return taken ? oracle::CallOutcome::accepted : oracle::CallOutcome::failed;
  }

 private:
  CommandSubject& subject_;
};

CommandSubject::~CommandSubject() {
  if (child_) child_->kill();
  child_gone_.store(true);
  if (reader_) reader_->join(kNever);
}

// What the program is promised of its directory: it exists, and its name is durable.
Status CommandSubject::make_directory() {
  if (!env_.files.stat(directory()))
    if (auto made = env_.files.make_directory(directory()); !made) return made;
  return env_.files.sync_directory(std::filesystem::path(directory()).parent_path());
}

Status CommandSubject::start() {
  if (auto made = make_directory(); !made) return made;
  auto child = ChildProgram::start(
      {.words = settings_.command,
       .directory = settings_.command_directory,
       .environment = {"HOLDFAST_DIR=" + directory(), "HOLDFAST_URL=" + settings_.options.delivery.endpoint,
                       "HOLDFAST_LEDGER_FD=" + std::to_string(ChildProgram::kLedgerDescriptor)}});
  if (!child) return fail(child.error());
  child_ = std::move(*child);
  reader_ = env_.scheduler.spawn("ledger", [this] { read_ledger(); });
  return {};
}

std::unique_ptr<Caller> CommandSubject::make_caller(std::uint32_t) {
  return std::make_unique<CommandCaller>(*this);
}

Status CommandSubject::health() const {
  base::MutexLock lock(mutex_);
  if (problem_.empty()) {
    const auto how = child_->ended();
    if (!how) return {};
    return fail(Code::unavailable, settings_.command.front() + " " + *how + ", and nobody had asked it to");
  }
  return fail(Code::corrupted, settings_.command.front() + ": " + problem_);
}

Status CommandSubject::stop(Duration within) {
  child_->end_input();
  const Time deadline = env_.clock.now() + within;
  auto how = child_->ended();
  for (; !how && env_.clock.now() < deadline; how = child_->ended())
    env_.scheduler.sleep_until(env_.clock.now() + kLook);
  if (!how) child_->kill();
  child_gone_.store(true);
  reader_->join(kNever);
  if (!how) return fail(Code::timeout, settings_.command.front() + " did not end when its input ended");
  if (!child_->ended_well()) return fail(Code::internal, settings_.command.front() + " " + *how);
  base::MutexLock lock(mutex_);
  if (!problem_.empty()) return fail(Code::corrupted, settings_.command.front() + ": " + problem_);
  return {};
}

// Until the program has closed it, or has ended and left nothing to read: somebody may have inherited
// the descriptor from it.
void CommandSubject::read_ledger() {
  std::string text;
  while (auto more = child_->read(kLook)) {
    if (more->empty() && child_gone_.load()) return;
    text += *more;
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
      take(std::string_view(text).substr(begin, end - begin));
      begin = end + 1;
    }
    text.erase(0, begin);
    if (text.size() > kLongestLine) return note_problem("a line of its ledger is longer than 1 MiB");
  }
}

void CommandSubject::take(std::string_view text) {
  ++lines_;
  auto line = parse_ledger_line(text);
  if (!line) return note_problem("ledger, line " + std::to_string(lines_) + ": " + line.error().message);
  const Time now = env_.clock.now();
  if (const auto* durable = std::get_if<DurableLine>(&*line)) {
    const std::string path = (std::filesystem::path(directory()) / durable->path).lexically_normal();
    return observer_.on_durable(
        now, {.path = path, .begin = durable->begin, .end = durable->end, .references = durable->references});
  }
  const auto& dropped = std::get<DroppedLine>(*line);
  for (const auto reference : dropped.references) observer_.on_dropped(now, reference, dropped.reason);
}

void CommandSubject::note_problem(const std::string& problem) {
  base::MutexLock lock(mutex_);
  if (problem_.empty()) problem_ = problem;
}

}  // namespace holdfast::subject
