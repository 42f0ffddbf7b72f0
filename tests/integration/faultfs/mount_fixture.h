// A fresh mount for each test: a directory of its own under the system's temporary one, the faultfs
// binary as its own process, and everything gone at the end whatever the test did.
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "faultfs/control/client.h"
#include "faultfs/control/fuse_available.h"
#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"
#include "faultfs/model/fault_plan_json.h"
#include "tests/faultfs_process.h"
#include "tests/temporary_directory.h"

namespace holdfast::faultfs {

// True as soon as `condition` holds, within a bounded time.
template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds within = std::chrono::seconds(5)) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline std::string content_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A descriptor that is closed at the end of its scope.
class Opened {
 public:
  Opened(const std::string& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    EXPECT_GE(number_, 0) << path << ": " << ::strerror(errno);
  }
  ~Opened() { close(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  int operator*() const { return number_; }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

// 0 or the errno of a call.
inline int error_of(long result) { return result < 0 ? errno : 0; }

class MountTest : public testing::Test {
 protected:
  void SetUp() override {
    if (auto able = fuse_available(); !able) GTEST_SKIP() << able.error().message;
    ASSERT_EQ(::mkdir(backing().c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(mountpoint().c_str(), 0755), 0);
  }

  void TearDown() override {
    if (IsSkipped()) return;
    end(SIGTERM);
    EXPECT_TRUE(abort_and_unmount(mountpoint()));
  }

  std::string backing(const std::string& name = "") const {
    return directory_.path() + "/backing" + below(name);
  }
  std::string mountpoint(const std::string& name = "") const {
    return directory_.path() + "/mount" + below(name);
  }
  std::string fault_log() const { return directory_ / "faults.jsonl"; }
  std::string sync_log() const { return directory_ / "syncs.jsonl"; }
  std::string socket() const { return directory_ / "control.sock"; }
  pid_t daemon() const { return process_.pid(); }

  void mount(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"mount",       backing(),   mountpoint(), "--socket", socket(),
                                      "--fault-log", fault_log(), "--sync-log", sync_log()};
    words.insert(words.end(), more.begin(), more.end());
    control_.reset();
    mount_by(words);
  }
  void mount_by(const std::vector<std::string>& words) {
    ASSERT_TRUE(process_.mount(words)) << output_of_mount();
  }
  std::string output_of_mount() const { return content_of(directory_ / "output"); }

  // Runs the program to its end; its exit code, and what it said in output_.
  int run(const std::vector<std::string>& words) {
    const int code = process_.run(words);
    output_ = content_of(directory_ / "output");
    return code;
  }

  void arm(const std::string& rules) {
    auto plan = parse_fault_plan(R"({"rules": [)" + rules + "]}");
    ASSERT_TRUE(plan) << plan.error().message;
    auto loaded = control().load(*plan);
    ASSERT_TRUE(loaded) << loaded.error().message;
  }

  ControlClient& control() {
    if (!control_) {
      auto client = ControlClient::connect(socket());
      EXPECT_TRUE(client) << client.error().message;
      control_.emplace(*std::move(client));
    }
    return *control_;
  }

  // Ends the daemon by the signal; its exit code, or minus the signal that killed it.
  int end(int signal) { return process_.end(signal); }

  std::string output_;

 private:
  TemporaryDirectory directory_;
  FaultfsProcess process_{directory_ / "output"};
  std::optional<ControlClient> control_;

  static std::string below(const std::string& name) { return name.empty() ? "" : "/" + name; }
};

}  // namespace holdfast::faultfs
