#include "faultfs/control/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "faultfs/control/client.h"
#include "faultfs/control/socket_path.h"
#include "tests/temporary_directory.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

class Recorder final : public ControlHandler {
 public:
  std::string arm(FaultPlan plan) override {
    rules = plan.rules.size();
    return rules == 1 ? "a sentence" : "";
  }
  MountStatus status() override { return {}; }
  Result<PowerCutReport> cut_power(const PowerCutRequest& cut) override {
    if (!cut.seed) return fail(Code::unsupported, "no account is kept");
    return PowerCutReport{.seed = *cut.seed, .files = {{"f", 1, 2, 3, 4096}}, .left_out = 9};
  }
  Result<UnsyncedReport> unsynced() override {
    NameChange moved{.kind = NameChange::renamed};
    moved.path = "a";
    moved.to_path = "b";
    return UnsyncedReport{{{"f", {{0, 512}}}}, {moved}, 1};
  }
  Result<Promise> promised() override {
    return Promise{{{"f", 700, {{0, 512, 0xFFFFFFFF}}}}, {{"d", PromisedName::directory}}, {"g"}, false};
  }
  std::uint64_t restore() override { return 7; }
  std::vector<std::string> log_lines() override { return {"one", "two"}; }
  TraceLines trace(const Trigger& when) override { return {{R"({"op":"read"})", when.path}, 3}; }
  CoverageReport coverage() override { return {{{"spool/#.seg", Operation::fsync, 3, {{EIO, 1}}}}, 2}; }
  void stop() override { stopped = true; }
  std::atomic<std::size_t> rules{99};
  std::atomic<bool> stopped{false};
};

class ControlSocket : public testing::Test {
 protected:
  std::unique_ptr<ControlServer> serve() {
    auto server = ControlServer::listen(path_, recorder_);
    EXPECT_TRUE(server) << server.error().message;
    if (!server) return nullptr;
    (*server)->start();
    return *std::move(server);
  }

  // A client that speaks as it likes.
  LineSocket raw_client() const {
    const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path_.c_str());
    EXPECT_EQ(::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return LineSocket(descriptor);
  }
  static LineSocket::Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(5); }

  Recorder recorder_;
  TemporaryDirectory directory_;
  std::string path_ = directory_ / "c.sock";
};

TEST_F(ControlSocket, ATraceArrivesWithWhatWasDropped) {
  const auto server = serve();
  auto client = ControlClient::connect(path_);
  ASSERT_TRUE(client) << client.error().message;
  const auto trace = client->trace({.path = "spool/*"});
  ASSERT_TRUE(trace) << trace.error().message;
  EXPECT_THAT(trace->lines, testing::ElementsAre(R"({"op":"read"})", "spool/*"));
  EXPECT_EQ(trace->dropped, 3U);
}

TEST_F(ControlSocket, CoverageArrivesAsItIs) {
  const auto server = serve();
  auto client = ControlClient::connect(path_);
  ASSERT_TRUE(client) << client.error().message;
  const auto report = client->coverage();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->unclassed, 2U);
  ASSERT_EQ(report->points.size(), 1U);
  EXPECT_EQ(report->points[0].file_class, "spool/#.seg");
  EXPECT_EQ(report->points[0].injected.at(EIO), 1U);
}

TEST_F(ControlSocket, WhatAPowerCutTookArrivesAsItIs) {
  const auto server = serve();
  auto client = ControlClient::connect(path_);
  ASSERT_TRUE(client) << client.error().message;
  const auto report = client->cut_power({.seed = UINT64_MAX});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->seed, UINT64_MAX);
  ASSERT_EQ(report->files.size(), 1U);
  EXPECT_EQ(report->files[0].torn, 3U);
  EXPECT_EQ(report->files[0].size, 4096U);
  EXPECT_EQ(report->left_out, 9U);
  EXPECT_EQ(client->cut_power().error().message, "no account is kept");
  const auto unsynced = client->unsynced();
  ASSERT_TRUE(unsynced) << unsynced.error().message;
  EXPECT_THAT(unsynced->files.at(0).ranges, testing::ElementsAre(DurabilityLedger::Range{0, 512}));
  EXPECT_EQ(unsynced->names.at(0).to_path, "b");
  EXPECT_EQ(unsynced->settled, 1U);
  const auto promise = client->promised();
  ASSERT_TRUE(promise) << promise.error().message;
  EXPECT_EQ(promise->files.at(0).size, 700U);
  EXPECT_THAT(promise->files.at(0).runs, testing::ElementsAre(WrittenSectors::Run{0, 512, 0xFFFFFFFF}));
  EXPECT_EQ(promise->names.at(0).kind, PromisedName::directory);
  EXPECT_THAT(promise->gone, testing::ElementsAre("g"));
  EXPECT_FALSE(promise->complete);
}

TEST_F(ControlSocket, AnAnswerComesAfterTheCommandTookEffect) {
  const auto server = serve();
  auto client = ControlClient::connect(path_);
  ASSERT_TRUE(client) << client.error().message;
  EXPECT_EQ(client->load({{Rule{"r", {}, Effect{.latency = LatencyEffect{Duration(5)}}}}}), "a sentence");
  EXPECT_EQ(recorder_.rules, 1U);
  ASSERT_TRUE(client->clear());
  EXPECT_EQ(recorder_.rules, 0U);
  EXPECT_THAT(*client->status(), HasSubstr("\"rules\": []"));
  EXPECT_THAT(*client->log(), testing::ElementsAre("one", "two"));
  ASSERT_TRUE(client->stop());
}

TEST_F(ControlSocket, OnlyItsOwnerMayEnter) {
  const auto server = serve();
  struct stat status {};
  ASSERT_EQ(::lstat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
}

TEST_F(ControlSocket, ALinkOrAFileInItsPlaceIsRefusedAndLeftAlone) {
  std::filesystem::create_symlink(directory_ / "elsewhere", path_);
  EXPECT_FALSE(ControlServer::listen(path_, recorder_));
  EXPECT_TRUE(std::filesystem::is_symlink(path_));
  std::filesystem::remove(path_);
  std::ofstream(path_) << "precious";
  EXPECT_FALSE(ControlServer::listen(path_, recorder_));
  EXPECT_TRUE(std::filesystem::is_regular_file(path_));
}

TEST_F(ControlSocket, AStaleSocketIsReplacedAndALivingOneRefused) {
  const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path_.c_str());
  ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(stale);
  const auto server = serve();
  ASSERT_NE(server, nullptr);
  const auto second = ControlServer::listen(path_, recorder_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::busy);
  EXPECT_TRUE(ControlClient::connect(path_));
}

TEST_F(ControlSocket, NonsenseIsAnsweredAndTheConnectionGoesOn) {
  const auto server = serve();
  auto client = raw_client();
  ASSERT_TRUE(client.send_line("nonsense", soon()));
  EXPECT_THAT(*client.receive_line(kLongestAnswer, soon()), HasSubstr("\"ok\":false"));
  ASSERT_TRUE(client.send_line(R"({"command": "clear"})", soon()));
  EXPECT_THAT(*client.receive_line(kLongestAnswer, soon()), HasSubstr("\"ok\":true"));
}

TEST_F(ControlSocket, ALineBeyondTheBoundEndsTheConnectionAndNoOther) {
  const auto server = serve();
  auto other = ControlClient::connect(path_);
  auto client = raw_client();
  const auto sent = client.send_line(std::string(3 * kLongestRequest, 'x'), soon());
  auto answer = client.receive_line(kLongestAnswer, soon());
  if (sent && answer) {
    EXPECT_THAT(*answer, HasSubstr("longer than"));
  }
  EXPECT_FALSE(client.receive_line(kLongestAnswer, soon()));
  EXPECT_TRUE(other->clear());
}

TEST_F(ControlSocket, ItGoesWithItsServer) {
  serve().reset();
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_FALSE(ControlClient::connect(path_));
}

TEST_F(ControlSocket, AMountpointHasOneSocketUnderAllItsNames) {
  ASSERT_EQ(::mkdir((directory_ / "mnt").c_str(), 0755), 0);
  std::filesystem::create_directory_symlink(directory_ / "mnt", directory_ / "link");
  const auto plain = control_socket_for(directory_ / "mnt");
  ASSERT_TRUE(plain) << plain.error().message;
  EXPECT_EQ(*control_socket_for(directory_ / "mnt/"), *plain);
  EXPECT_EQ(*control_socket_for(directory_ / "x/../mnt"), *plain);
  EXPECT_EQ(*control_socket_for(directory_ / "link"), *plain);
  EXPECT_NE(*control_socket_for(directory_ / "other"), *plain);
}

}  // namespace
}  // namespace holdfast::faultfs
