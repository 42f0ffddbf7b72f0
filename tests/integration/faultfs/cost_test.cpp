// What rules that meet nothing, and a file that hangs, cost others: ratios of one run. The fastest of many
// short rounds counts, since whatever else the machine does only adds; docs/performance.md has the figures.
#include <fmt/format.h>
#include <sched.h>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kRounds = 40;
constexpr int kRequests = 200;
constexpr double kNoise = 1.5;  // what a loaded machine may add to a ratio of 1

// This process and the mount's share one processor: where the scheduler may place them on two, an idle one
// must be woken for each request, or not, and a request takes three times as long, or not.
class Cost : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    ASSERT_EQ(::sched_getaffinity(0, sizeof allowed_, &allowed_), 0);
    int first = 0;
    while (!CPU_ISSET(first, &allowed_)) ++first;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(first, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  }
  void TearDown() override {
    (void)::sched_setaffinity(0, sizeof allowed_, &allowed_);
    MountTest::TearDown();
  }

  // Seconds of a round of reads and writes of this file.
  double round_of(int file) {
    const auto start = SteadyClock::now();
    for (int i = 0; i < kRequests; ++i) touch(file, i);
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
  }
  double fastest(int file) {
    double least = round_of(file);
    for (int round = 1; round < kRounds; ++round) least = std::min(least, round_of(file));
    return least;
  }

  void touch(int file, int number) {
    char bytes[512] = {};
    const off_t offset = number * static_cast<off_t>(sizeof bytes);
    EXPECT_EQ(::pwrite(file, bytes, sizeof bytes, offset), 512);
    EXPECT_EQ(::pread(file, bytes, sizeof bytes, offset), 512);
  }

 private:
  cpu_set_t allowed_{};
};

std::string hundred_rules_that_meet_nothing() {
  std::string rules;
  for (int i = 0; i < 100; ++i)
    rules += fmt::format(
        R"({}{{"name": "r{}", "when": {{"path": "elsewhere/**/*.{}"}}, "effect": {{"error": "EIO"}}}})",
        i == 0 ? "" : ",", i, i);
  return rules;
}

TEST_F(Cost, AHundredRulesThatMeetNothingCostNextToNothing) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  const auto rules = hundred_rules_that_meet_nothing();
  double without = 1e9, with = 1e9;
  for (int round = 0; round < kRounds; ++round) {  // in turns, so that a busy moment meets both
    ASSERT_TRUE(control().clear());
    without = std::min(without, round_of(*file));
    arm(rules);
    with = std::min(with, round_of(*file));
  }
  EXPECT_LT(with, kNoise * without);
}

TEST_F(Cost, AFileThatHangsDoesNotSlowItsNeighbour) {
  mount();
  std::ofstream(mountpoint("hung")) << "text";
  Opened hung(mountpoint("hung"), O_RDONLY), neighbour(mountpoint("neighbour"), O_RDWR | O_CREAT);
  const double alone = fastest(*neighbour);
  arm(R"({"name": "h", "when": {"op": "read", "path": "hung"}, "effect": {"hang": true}})");
  std::vector<std::thread> waiting;
  const auto read_hung = [&] {
    char byte;
    (void)!::pread(*hung, &byte, 1, 0);
  };
  for (int i = 0; i < 32; ++i) waiting.emplace_back(read_hung);
  EXPECT_TRUE(eventually([&] { return control().status()->find(R"("delayed": 32)") != std::string::npos; }));
  EXPECT_LT(fastest(*neighbour), kNoise * alone);
  ASSERT_TRUE(control().clear());
  for (auto& waiter : waiting) waiter.join();
}

}  // namespace
}  // namespace holdfast::faultfs
