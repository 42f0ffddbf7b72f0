// What a mount tells of single requests, and of all of them.
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

class Trace : public MountTest {
 protected:
  // What `action` asks of the mount, by its trace.
  std::vector<json> traced(const std::function<void()>& action) {
    EXPECT_TRUE(control().trace()) << "the first question begins it";
    action();
    std::vector<json> requests;
    const auto trace = control().trace();
    for (const auto& line : trace->lines) requests.push_back(json::parse(line));
    return requests;
  }
  static json only(const std::vector<json>& requests, const std::string& operation) {
    json found;
    for (const auto& request : requests)
      if (request.at("op") == operation) {
        EXPECT_TRUE(found.is_null()) << "two of " << operation;
        found = request;
      }
    return found;
  }
};

TEST_F(Trace, TellsOfARequestWhatItAskedWhoAskedAndHowItEnded) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "slow", "when": {"op": "fsync"}, "effect": {"latency": "20ms"}})");
  const auto requests = traced([&] {
    EXPECT_EQ(::pwrite(*file, "hello", 5, 100), 5);
    EXPECT_EQ(::fsync(*file), 0);
    EXPECT_EQ(error_of(::open(mountpoint("absent").c_str(), O_RDONLY)), ENOENT);
  });
  const json write = only(requests, "write");
  EXPECT_EQ(write.at("path"), "a");
  EXPECT_EQ(write.at("offset"), 100);
  EXPECT_EQ(write.at("size"), 5);
  EXPECT_EQ(write.at("pid"), ::getpid());
  EXPECT_NE(write.at("comm"), "");
  EXPECT_EQ(write.at("decision"), "go on");
  EXPECT_EQ(write.at("result"), "ok");
  const json sync = only(requests, "fsync");
  EXPECT_EQ(sync.at("decision"), "delay 20ms");
  EXPECT_GE(sync.at("duration"), 20'000'000);
  EXPECT_EQ(only(requests, "lookup").at("result"), "ENOENT") << "the file system's own, not injected";
}

TEST_F(Trace, AnInjectedErrorIsBothDecidedAndAnswered) {
  mount();
  arm(R"({"name": "full", "when": {"op": "mkdir"}, "effect": {"error": "ENOSPC"}})");
  const auto requests = traced([&] { EXPECT_EQ(error_of(::mkdir(mountpoint("d").c_str(), 0755)), ENOSPC); });
  EXPECT_EQ(only(requests, "mkdir").at("decision"), "error ENOSPC");
  EXPECT_EQ(only(requests, "mkdir").at("result"), "ENOSPC");
}

TEST_F(Trace, WhatNobodyTakesIsDroppedAndCounted) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  ASSERT_TRUE(control().trace());
  constexpr int kWrites = 12'000;  // more than are held
  for (int i = 0; i < kWrites; ++i) ASSERT_EQ(::pwrite(*file, "x", 1, 0), 1);
  std::uint64_t seen = 0, dropped = 0;
  const auto trace = control().trace();
  ASSERT_TRUE(trace) << trace.error().message;
  for (const auto& line : trace->lines) seen += line.contains(R"("op":"write")") ? 1 : 0;
  dropped = trace->dropped;
  EXPECT_GT(dropped, 0U);
  EXPECT_GE(seen + dropped, static_cast<std::uint64_t>(kWrites));
  EXPECT_EQ(control().trace()->dropped, 0U);
}

TEST_F(Trace, SwitchesItselfOffWhenNobodyAsksAnyMore) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  ASSERT_TRUE(control().trace());
  ASSERT_EQ(::pwrite(*file, "x", 1, 0), 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(3200));
  ASSERT_EQ(::pwrite(*file, "x", 1, 0), 1);
  EXPECT_THAT(control().trace()->lines, testing::IsEmpty());
}

TEST_F(Trace, TheCommandPrintsUntilItsTimeIsOver) {
  mount();
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested()) std::ofstream(mountpoint("a")) << "x";
  });
  ASSERT_EQ(run({"trace", mountpoint(), "--socket", socket(), "--for", "300ms"}), 0) << output_;
  writer.request_stop();
  const std::string first = output_.substr(0, output_.find('\n'));
  EXPECT_TRUE(json::parse(first).contains("duration")) << first;
}

TEST_F(Trace, TheCommandPrintsWhatItIsAskedFor) {
  mount();
  ASSERT_EQ(::mkdir(mountpoint("spool").c_str(), 0755), 0);
  std::jthread writer([&](std::stop_token stop) {
    while (!stop.stop_requested())
      for (const char* name : {"spool/1", "other"}) {
        Opened file(mountpoint(name), O_RDWR | O_CREAT);
        EXPECT_EQ(::pwrite(*file, "x", 1, 0), 1);
        EXPECT_EQ(::fsync(*file), 0);
      }
  });
  ASSERT_EQ(run({"trace", mountpoint(), "--socket", socket(), "--for", "300ms", "--path", "spool/*",
                 "--operation", "write,syncs"}),
            0)
      << output_;
  writer.request_stop();
  std::set<std::string> operations, paths;
  std::istringstream lines(output_);
  for (std::string line; std::getline(lines, line);) {
    operations.insert(json::parse(line).at("op"));
    paths.insert(json::parse(line).at("path"));
  }
  EXPECT_THAT(operations, testing::UnorderedElementsAre("write", "fsync"));
  EXPECT_THAT(paths, testing::ElementsAre("spool/1"));
  EXPECT_EQ(run({"trace", mountpoint(), "--socket", socket(), "--operation", "wirte"}), 3);
  EXPECT_THAT(output_, testing::HasSubstr(R"(did you mean "write"?)"));
}

TEST_F(Trace, StatusCountsOperationsErrorsBytesAndDelays) {
  mount();
  Opened file(mountpoint("a"), O_RDWR | O_CREAT);
  arm(R"({"name": "e", "when": {"op": "write", "nth": 2}, "effect": {"error": "EIO"}},
         {"name": "l", "when": {"op": "fsync"}, "effect": {"latency": "1ms"}})");
  for (int i = 0; i < 3; ++i) (void)!::pwrite(*file, "12345", 5, 0);
  ASSERT_EQ(::fsync(*file), 0);
  const auto status = json::parse(*control().status());
  const auto& write = status.at("operations").at("write");
  EXPECT_EQ(write.at("count"), 3);
  EXPECT_EQ(write.at("errors"), 1);
  EXPECT_EQ(write.at("bytes"), 15);
  EXPECT_EQ(write.at("delayed"), 0);
  EXPECT_EQ(status.at("operations").at("fsync").at("delayed"), 1);
}

}  // namespace
}  // namespace holdfast::faultfs
