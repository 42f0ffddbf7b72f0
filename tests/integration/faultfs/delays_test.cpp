// What a program on the mount waits for: caps, deadlines, latencies as they were measured.
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

class Delays : public MountTest {};

TEST_F(Delays, NoMoreOperationsPassThanTheCapAllowsAndANeighbourIsFree) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  Opened neighbour(mountpoint("b"), O_RDWR | O_CREAT);
  arm(R"({"name": "t", "when": {"path": "a"}, "effect": {"throttle": {"iops": 100}}})");
  const auto begin = steady_clock::now();
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i)
    writers.emplace_back([&, i] {
      for (int n = 0; n < 5; ++n) EXPECT_EQ(::pwrite(*file, "x", 1, i), 1);
    });
  for (int n = 0; n < 5; ++n) EXPECT_EQ(::pwrite(*neighbour, "x", 1, 0), 1);
  for (auto& writer : writers) writer.join();
  EXPECT_GE(steady_clock::now() - begin, milliseconds(200)) << "twenty at 100 a second";
  EXPECT_EQ(lines_in(content_of(fault_log())), 20U) << "each waited, and nothing else did";
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("decision":"throttle 10ms","order_dependent":true)"));
}

TEST_F(Delays, BytesPassAsTheBandwidthAllows) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "t", "effect": {"throttle": {"bandwidth": "1MiB/s"}}})");
  const std::string bytes(100 * 1024, 'x');
  const auto begin = steady_clock::now();
  EXPECT_EQ(::write(*file, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_GE(steady_clock::now() - begin, milliseconds(97));
  EXPECT_EQ(content_of(backing("a")), bytes);
}

TEST_F(Delays, AHangIsAnsweredAtItsDeadline) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "nfs", "when": {"op": "fsync"}, "effect": {"hang": {"for": "100ms", "then": "EIO"}}})");
  const auto begin = steady_clock::now();
  EXPECT_EQ(error_of(::fsync(*file)), EIO);
  EXPECT_GE(steady_clock::now() - begin, milliseconds(100));
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("decision":"hang 100ms then EIO")"));
  arm(R"({"name": "nfs", "when": {"op": "fsync"}, "effect": {"hang": {"for": "10ms"}}})");
  EXPECT_EQ(error_of(::fsync(*file)), 0) << "and then it goes on";
}

TEST_F(Delays, MeasuredLatenciesComeFromTheFileBesideThePlan) {
  mount();
  const auto plan = [&](const std::string& name, const std::string& samples) {
    std::ofstream(backing("../" + name + ".txt")) << samples;
    std::ofstream(backing("../" + name + ".json"))
        << R"({"rules": [{"name": "m", "when": {"op": "fsync"}, "effect": {"latency": {"samples": ")" + name +
               R"(.txt"}}}]})";
    return backing("../" + name + ".json");
  };
  ASSERT_EQ(run({"load", mountpoint(), plan("good", "3ms\n2ms\n"), "--socket", socket()}), 0) << output_;
  EXPECT_THAT(*control().status(), HasSubstr("2ms")) << "the daemon was told what was in the file";
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  EXPECT_EQ(::fsync(*file), 0);
  EXPECT_THAT(content_of(fault_log()), HasSubstr(R"("decision":"delay 2)"));
  EXPECT_EQ(run({"load", mountpoint(), plan("bad", "3ms\nquick\n"), "--socket", socket()}), 3);
  EXPECT_THAT(output_, HasSubstr("bad.txt:2:1: "));
}

}  // namespace
}  // namespace holdfast::faultfs
