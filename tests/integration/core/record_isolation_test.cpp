// record() on the path of its host program: no allocation, no system call, no exception, whatever it
// answers. A real tracker runs beside it, with its threads, its spool and no upstream.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/host/host_environment.h"
#include "core/tracker.h"
#include "tests/integration/core/allocation_counter.h"
#include "tests/temporary_directory.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;

static_assert(noexcept(std::declval<Producer&>().record(std::declval<const UsageRecord&>())),
              "record() throws nothing");

constexpr std::uint64_t kCalls = 100'000;
constexpr std::uint64_t kEveryTooLarge = 50;

// Set in the process that is traced.
constexpr const char* kTraced = "HOLDFAST_TEST_TRACED";

// A tracker on real files whose upstream nobody answers for, and its one producer.
class Recording {
 public:
  Recording() : host_("http://127.0.0.1:9", std::nullopt, Log::Level::error) {
    Options options;
    options.ring.bytes = 64 << 10;  // filled in microseconds, so that it does fill
    options.spool.directory = directory_.path() + "/spool";
    options.delivery.endpoint = "http://127.0.0.1:9";
    auto opened = Tracker::open(host_.environment(), options);
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      std::abort();
    }
    tracker_ = std::move(*opened);
    producer_.emplace(tracker_->make_producer());
  }
  ~Recording() { close(); }

  // Back to back, so that the ring fills, and now and then a record that is too large.
  void record(std::uint64_t calls) noexcept {
    for (std::uint64_t i = 0; i < calls; ++i) {
      usage_.reference = i;
      usage_.operation = i % kEveryTooLarge == 0 ? std::string_view(too_long_) : "chat";
      ++outcomes_[static_cast<std::size_t>(producer_->record(usage_))];
    }
  }
  void close() {
    if (std::exchange(open_, false)) (void)tracker_->close(5s);
  }
  std::uint64_t count(Outcome outcome) const { return outcomes_[static_cast<std::size_t>(outcome)]; }

  void expect_every_outcome() const {
    EXPECT_GT(count(Outcome::accepted), 0U);
    EXPECT_GT(count(Outcome::rejected_ring_full), 0U);
    EXPECT_GT(count(Outcome::rejected_too_large), 0U);
    EXPECT_GT(count(Outcome::rejected_closed), 0U);
  }

 private:
  TemporaryDirectory directory_;
  host::HostEnvironment host_;
  std::unique_ptr<Tracker> tracker_;
  std::optional<Producer> producer_;
  const std::string too_long_ = std::string(kMaxTextBytes, 'x');
  UsageRecord usage_{.input_tokens = 812, .output_tokens = 64, .model = "gpt-4o-mini", .provider = "openai"};
  std::array<std::uint64_t, 4> outcomes_{};
  bool open_ = true;
};

// The same calls where nothing is counted or traced: what the thread sanitizer looks at.
TEST(RecordIsolation, GivesEveryAnswerWhileItsTrackerWorks) {
  Recording recording;
  recording.record(kCalls);
  recording.close();
  recording.record(kCalls / 10);
  recording.expect_every_outcome();
}

TEST(RecordIsolation, AllocatesNothingWhateverItAnswers) {
  if (!kCountsAllocations) GTEST_SKIP() << "sanitizers have an allocator of their own";
  Recording recording;
  std::uint64_t before = allocations_of_this_thread();
  recording.record(kCalls);
  EXPECT_EQ(allocations_of_this_thread() - before, 0U);
  recording.close();
  before = allocations_of_this_thread();
  recording.record(kCalls / 10);
  EXPECT_EQ(allocations_of_this_thread() - before, 0U);
  recording.expect_every_outcome();
}

TEST(RecordIsolation, TheCounterSeesEveryWayToAllocate) {
  if (!kCountsAllocations) GTEST_SKIP() << "sanitizers have an allocator of their own";
  const auto counted = [](auto allocate) {
    const std::uint64_t before = allocations_of_this_thread();
    void* volatile memory = allocate();
    const std::uint64_t made = allocations_of_this_thread() - before;
    std::free(memory);
    return made;
  };
  EXPECT_EQ(counted([] { return std::malloc(8); }), 1U);
  EXPECT_EQ(counted([] { return std::calloc(2, 8); }), 1U);
  EXPECT_EQ(counted([] { return std::realloc(nullptr, 8); }), 1U);
  EXPECT_EQ(counted([] { return std::aligned_alloc(64, 64); }), 1U);
  EXPECT_EQ(counted([] { return ::operator new(8); }), 1U);
  EXPECT_EQ(counted([] { return ::operator new (64, std::align_val_t{64}); }), 1U);
}

// --- system calls ---

constexpr const char* kBegin = "/holdfast-mark-begin";
constexpr const char* kEnd = "/holdfast-mark-end";

// A call that nobody else makes, with a name to find it by. Its answer does not matter.
void mark(const char* name) { (void)::access(name, F_OK); }

// The body of a traced run: record() between marks, on this thread, open and closed.
void record_between_marks(bool with_a_system_call) {
  Recording recording;
  mark(kBegin);
  recording.record(kCalls);
  if (with_a_system_call) (void)::syscall(SYS_getppid);
  mark(kEnd);
  recording.close();
  mark(kBegin);
  recording.record(kCalls / 10);
  mark(kEnd);
  recording.expect_every_outcome();
}

struct Trace {
  int marks = 0;                   // pairs of them
  std::vector<std::string> calls;  // between a pair, by the thread that made it
};

// `strace -f -o` writes "TID call(...) = result"; a call that other threads interrupt is resumed on
// a second line, after its first was seen.
Trace read_trace(const std::string& file) {
  Trace trace;
  std::map<std::string, bool> between;  // by thread
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    bool& inside = between[line.substr(0, line.find(' '))];
    if (line.find(kBegin) != std::string::npos) {
      inside = true;
    } else if (line.find(kEnd) != std::string::npos) {
      trace.marks += inside ? 1 : 0;
      inside = false;
    } else if (inside && line.find(" resumed>") == std::string::npos) {
      trace.calls.push_back(line);
    }
  }
  return trace;
}

bool strace_works() { return std::system("strace -f -o /dev/null true >/dev/null 2>&1") == 0; }

// Runs the present test once more, in a traced process of its own.
Trace trace_of_this_test(const std::string& name, const std::string& out) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = std::string(kTraced) + "=1 strace -f -o '" + out + "' '" + program +
                              "' --gtest_filter='" + name + "' >'" + out + ".output' 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0) << std::ifstream(out + ".output").rdbuf();
  return read_trace(out);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr const char* kNoTrace = "a sanitizer's own threads and system calls are in the way";
#else
constexpr const char* kNoTrace = nullptr;
#endif

TEST(RecordIsolation, MakesNoSystemCallWhateverItAnswers) {
  if (std::getenv(kTraced) != nullptr) return record_between_marks(false);
  if (kNoTrace != nullptr) GTEST_SKIP() << kNoTrace;
  if (!strace_works()) GTEST_SKIP() << "strace is absent or may not trace here";
  const TemporaryDirectory directory;
  const Trace trace =
      trace_of_this_test("RecordIsolation.MakesNoSystemCallWhateverItAnswers", directory.path() + "/trace");
  EXPECT_EQ(trace.marks, 2);
  EXPECT_EQ(trace.calls, std::vector<std::string>{});
}

TEST(RecordIsolation, TheTraceSeesASystemCallBetweenTheMarks) {
  if (std::getenv(kTraced) != nullptr) return record_between_marks(true);
  if (kNoTrace != nullptr) GTEST_SKIP() << kNoTrace;
  if (!strace_works()) GTEST_SKIP() << "strace is absent or may not trace here";
  const TemporaryDirectory directory;
  const Trace trace = trace_of_this_test("RecordIsolation.TheTraceSeesASystemCallBetweenTheMarks",
                                         directory.path() + "/trace");
  ASSERT_EQ(trace.calls.size(), 1U);
  EXPECT_NE(trace.calls.front().find("getppid"), std::string::npos) << trace.calls.front();
}

}  // namespace
}  // namespace holdfast
