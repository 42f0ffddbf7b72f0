// A disk in each of the two worlds, with the same faults: the memory disk, and a faultfs mount before the
// machine's files.
//
//   MountedDisk disk({"--power-cut"});   MemoryDiskWorld disk;
//   disk.run([&] { ... disk.files() ... disk.arm(plan) ... });
//   disk.new_decisions();                                   // what the fault log says of them, without times
//   disk.cut_power(seed);                                   // when no file is open
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/env/file_system.h"
#include "core/host/posix_file_system.h"
#include "faultfs/control/client.h"
#include "faultfs/control/mount_table.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/power_cut.h"
#include "simulator/world/virtual/virtual_world.h"
#include "tests/faultfs_process.h"
#include "tests/temporary_directory.h"

namespace holdfast {

inline constexpr std::uint64_t kDiskSeed = 7;

// A line of the fault log without what is not the same in both worlds: times, callers, numbers.
std::string decision_in(const std::string& line);

class DiskWorld {
 public:
  virtual ~DiskWorld() = default;
  virtual FileSystem& files() = 0;
  virtual std::string root() const = 0;
  virtual void run(const std::function<void()>& body) = 0;
  virtual void arm(const faultfs::FaultPlan& plan) = 0;
  virtual faultfs::PowerCutReport cut_power(std::uint64_t seed, const faultfs::CutOptions& options = {}) = 0;
  // Since the last call.
  virtual std::vector<std::string> new_decisions() = 0;
};

class MemoryDiskWorld final : public DiskWorld {
 public:
  MemoryDiskWorld()
      : injector_(kDiskSeed,
                  [this](const faultfs::FaultEvent& event) {
                    decisions_.push_back(decision_in(faultfs::to_json_line(event, Time{})));
                  }),
        model_({}, 1),
        world_({.seed = 1}, injector_, model_) {}

  FileSystem& files() override { return world_.disk(); }
  std::string root() const override { return "/mnt"; }
  void run(const std::function<void()>& body) override { EXPECT_TRUE(world_.run(body)); }
  void arm(const faultfs::FaultPlan& plan) override { injector_.arm(plan, world_.clock().now()); }
  faultfs::PowerCutReport cut_power(std::uint64_t seed, const faultfs::CutOptions& options) override {
    return world_.disk().power_cut(seed, options);
  }
  std::vector<std::string> new_decisions() override { return std::exchange(decisions_, {}); }

 private:
  std::vector<std::string> decisions_;
  faultfs::Injector injector_;
  upstream::UpstreamModel model_;
  world::VirtualWorld world_;
};

class MountedDisk final : public DiskWorld {
 public:
  explicit MountedDisk(const std::vector<std::string>& more = {}) : faultfs_(directory_ / "output") {
    for (const char* name : {"backing", "mount"}) std::filesystem::create_directory(directory_ / name);
    std::vector<std::string> words = {
        "mount",  directory_ / "backing",   root(), "--socket", socket(), "--fault-log", log(),
        "--seed", std::to_string(kDiskSeed)};
    words.insert(words.end(), more.begin(), more.end());
    EXPECT_TRUE(faultfs_.mount(words));
    auto client = faultfs::ControlClient::connect(socket());
    EXPECT_TRUE(client) << client.error().message;
    control_ = std::make_unique<faultfs::ControlClient>(*std::move(client));
  }
  ~MountedDisk() override {
    faultfs_.end(SIGTERM);
    EXPECT_TRUE(faultfs::abort_and_unmount(root()));
  }

  FileSystem& files() override { return files_; }
  std::string root() const override { return directory_ / "mount"; }
  void run(const std::function<void()>& body) override { body(); }
  void arm(const faultfs::FaultPlan& plan) override { EXPECT_TRUE(control_->load(plan)); }
  faultfs::PowerCutReport cut_power(std::uint64_t seed, const faultfs::CutOptions& options) override {
    auto report = control_->cut_power({.seed = seed, .options = options});
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : faultfs::PowerCutReport{};
  }
  std::vector<std::string> new_decisions() override {
    std::ifstream file(log());
    std::vector<std::string> decisions;
    std::size_t number = 0;
    for (std::string line; std::getline(file, line); ++number)
      if (number >= seen_) decisions.push_back(decision_in(line));
    seen_ = number;
    return decisions;
  }

 private:
  TemporaryDirectory directory_;
  faultfs::FaultfsProcess faultfs_;
  std::unique_ptr<faultfs::ControlClient> control_;
  host::PosixFileSystem files_;
  std::size_t seen_ = 0;

  std::string socket() const { return directory_ / "control.sock"; }
  std::string log() const { return directory_ / "faults.jsonl"; }
};

// HOLDFAST_HISTORIES and HOLDFAST_SEED, or what is given.
std::uint64_t setting(const char* name, std::uint64_t otherwise);

}  // namespace holdfast
