// The tracker with real threads and real files, over a transport that fails as it is told. These are
// the threads that the thread sanitizer watches.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "core/delivery/codecs/lineage.h"
#include "core/host/posix_file_system.h"
#include "core/host/spdlog_log.h"
#include "core/host/system_clock.h"
#include "core/host/thread_scheduler.h"
#include "core/tracker.h"
#include "tests/temporary_directory.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Takes everything, but for the requests it is told to fail; remembers each key.
class FlakyTransport final : public Transport {
 public:
  SendResult send(const Request& request, Time, const CancelFlag&) override {
    const auto number = requests_.fetch_add(1);
    if (down_.load()) return {.outcome = SendResult::Outcome::not_sent, .error = {Code::unavailable, "down"}};
    if (number % 7 == 3) return {.outcome = SendResult::Outcome::response, .response = {.status = 503}};
    std::string body = R"({"results":[)";
    {
      std::lock_guard lock(mutex_);
      for (const auto& element : request.elements) {
        body += keys_.insert(element.key).second ? R"("accepted",)" : R"("duplicate",)";
        references_.insert(element.reference);
      }
    }
    body.back() = ']';
    body += '}';
    if (number % 11 == 5)
      return {.outcome = SendResult::Outcome::unknown, .error = {Code::timeout, "no answer"}};
    return {.outcome = SendResult::Outcome::response, .response = {.status = 200, .body = body}};
  }

  void set_down(bool down) { down_.store(down); }
  std::size_t distinct_keys() {
    std::lock_guard lock(mutex_);
    return keys_.size();
  }
  std::size_t distinct_references() {
    std::lock_guard lock(mutex_);
    return references_.size();
  }

 private:
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<bool> down_{false};
  std::mutex mutex_;
  std::set<RecordKey> keys_;
  std::set<std::uint64_t> references_;
};

class LiveTracker : public testing::Test {
 protected:
  void SetUp() override {
    options.spool.directory = directory / "spool";
    options.spool.segment_bytes = 64 * 1024;
    options.delivery.backoff = {.base = milliseconds(1), .max = milliseconds(20)};
    options.delivery.breaker.open_time = milliseconds(5);
    options.delivery.breaker.max_open_time = milliseconds(50);
  }

  std::unique_ptr<Tracker> open() {
    auto tracker = Tracker::open({.clock = clock,
                                  .scheduler = scheduler,
                                  .files = files,
                                  .transport = transport,
                                  .random = Random(++lives),
                                  .log = log},
                                 options);
    EXPECT_TRUE(tracker) << tracker.error().message;
    return std::move(*tracker);
  }

  // Each producer offers `count` records, waiting for room rather than being refused.
  void offer(Tracker& tracker, int producers, std::uint64_t count) {
    std::vector<std::thread> threads;
    for (int i = 0; i < producers; ++i)
      threads.emplace_back([&, i] {
        Producer producer = tracker.make_producer();
        for (std::uint64_t n = 0; n < count; ++n) {
          const UsageRecord record{
              .input_tokens = 1, .reference = first_reference + i * count + n, .model = "m"};
          EXPECT_EQ(producer.record_wait(record, clock.now() + seconds(60), scheduler, clock),
                    Outcome::accepted);
        }
      });
    for (auto& thread : threads) thread.join();
    first_reference += static_cast<std::uint64_t>(producers) * count;
  }

  TemporaryDirectory directory;
  host::SystemClock clock;
  host::ThreadScheduler scheduler;
  host::PosixFileSystem files;
  FlakyTransport transport;
  host::SpdlogLog log{clock, Log::Level::error};
  Options options;
  std::uint64_t lives = 0;
  std::uint64_t first_reference = 0;
};

TEST_F(LiveTracker, DeliversEveryRecordOnceByItsKeyOverAFlakyUpstream) {
  auto tracker = open();
  offer(*tracker, 4, 5000);
  EXPECT_TRUE(tracker->close(seconds(60)));
  const Stats stats = tracker->stats();
  EXPECT_TRUE(stats.conserved());
  EXPECT_EQ(stats.delivered, 20'000U);
  EXPECT_GT(stats.retries, 0U);
  EXPECT_EQ(transport.distinct_keys(), 20'000U);
  EXPECT_EQ(transport.distinct_references(), 20'000U);
  EXPECT_EQ(stats.pending_spool + stats.pending_memory + stats.lost_shutdown, 0U);
}

TEST_F(LiveTracker, FlushMeansDurableAndTheNextLifeDeliversWhatIsLeft) {
  transport.set_down(true);
  auto tracker = open();
  offer(*tracker, 2, 3000);
  EXPECT_TRUE(tracker->flush(seconds(60)));
  EXPECT_EQ(tracker->stats().pending_spool, 6000U);
  EXPECT_TRUE(tracker->close(seconds(10)));
  EXPECT_EQ(tracker->stats().lost_shutdown, 0U);
  EXPECT_TRUE(tracker->stats().conserved());

  transport.set_down(false);
  auto next = open();
  EXPECT_EQ(next->stats().recovered, 6000U);
  offer(*next, 1, 100);
  EXPECT_TRUE(next->close(seconds(60)));
  EXPECT_TRUE(next->stats().conserved());
  EXPECT_EQ(next->stats().delivered, 6100U);
  EXPECT_EQ(transport.distinct_references(), 6100U);
  EXPECT_EQ(transport.distinct_keys(), 6100U);
}

TEST_F(LiveTracker, StatsMayBeReadWhileEverythingMoves) {
  auto tracker = open();
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done.load()) {
      const Stats stats = tracker->stats();
      EXPECT_LE(stats.delivered, stats.offered);
    }
  });
  offer(*tracker, 2, 4000);
  done.store(true);
  reader.join();
  EXPECT_TRUE(tracker->close(seconds(60)));
}

TEST_F(LiveTracker, ASecondTrackerOnTheSameDirectoryIsRefused) {
  auto tracker = open();
  auto second = Tracker::open({.clock = clock,
                               .scheduler = scheduler,
                               .files = files,
                               .transport = transport,
                               .random = Random(9),
                               .log = log},
                              options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::busy);
  EXPECT_TRUE(tracker->close(seconds(10)));
}

}  // namespace
}  // namespace holdfast
