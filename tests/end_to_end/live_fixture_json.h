// What every test of whole LIVE runs needs: a machine with FUSE, a directory for everything, and
// nothing left behind: no mount, no process.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "simulator/world/live/live_mount.h"
#include "tests/end_to_end/program.h"

namespace holdfast::end_to_end {

class LiveRun : public testing::Test {
 protected:
  void SetUp() override {
    if (auto available = world::LiveMount::available(); !available) GTEST_SKIP() << available.error().message;
    ::setenv("TMPDIR", scratch.path().c_str(), 1);  // so that the mounts are where TearDown looks
  }
  void TearDown() override {
    // Whoever was killed takes a moment to go.
    for (int i = 0; i < 250 && (stale_mounts(scratch.path()) > 0 || !processes_of(scratch.path()).empty());
         ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(stale_mounts(scratch.path()), 0U);
    EXPECT_EQ(processes_of(scratch.path()), std::vector<std::string>{});
    ::unsetenv("TMPDIR");
  }

  // Runs LIVE what the words say; the results are in the scratch directory.
  std::vector<std::string> live(const std::string& file, std::vector<std::string> more = {}) const {
    std::vector<std::string> words{holdfast(), "run", "--live", source(file), "--out", scratch.path()};
    for (auto& setting : more) words.insert(words.end(), {"--set", std::move(setting)});
    return words;
  }

  TemporaryDirectory scratch{disk_in_memory()};
};

// The settings, and more of them.
inline std::vector<std::string> with(std::vector<std::string> settings, std::vector<std::string> more) {
  settings.insert(settings.end(), more.begin(), more.end());
  return settings;
}

inline std::vector<nlohmann::json> results_in(const std::string& out) {
  std::vector<nlohmann::json> results;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out))
    if (entry.path().filename() == "result.json")
      results.push_back(nlohmann::json::parse(std::ifstream(entry.path())));
  return results;
}

inline nlohmann::json only_result(const std::string& out) {
  const auto results = results_in(out);
  return results.empty() ? nlohmann::json{} : results.front();
}

inline std::string verdict_of_law(const nlohmann::json& result, const std::string& name) {
  for (const auto& law : result["laws"])
    if (law["law"] == name) return law["verdict"];
  return "absent";
}

}  // namespace holdfast::end_to_end
