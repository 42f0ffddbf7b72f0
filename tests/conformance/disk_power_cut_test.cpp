// The same history and then a power cut of the same seed, on the memory disk and on a faultfs mount: what
// survives is the same, and what the contract of the port allows. HOLDFAST_HISTORIES of them (the default is
// small on the mount), drawn from HOLDFAST_SEED; one that fails is shrunk and printed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "faultfs/control/fuse_available.h"
#include "faultfs/model/durability_json.h"
#include "faultfs/model/fault_plan_json.h"
#include "faultfs/trial/smallest_part.h"
#include "tests/conformance/crash_model.h"
#include "tests/conformance/disk_worlds.h"

namespace holdfast {
namespace {

constexpr std::size_t kCutSteps = 50;
constexpr const char* kFailingSyncs = R"({"rules": [
  {"name": "fails", "when": {"op": "fsync", "probability": 0.4}, "effect": {"error": "EIO"}}]})";

struct Survived {
  std::string answers;
  FoundTree tree;
  std::string report;
  std::string objection;
};

std::string text_of(const std::vector<faultfs::NameChange>& changes) {
  std::string text;
  for (const auto& change : changes)
    text += fmt::format(" {} {} {}", to_string(change.kind), change.path, change.to_path);
  return text;
}

std::string text_of(const faultfs::PowerCutReport& report) {
  std::string text = "  kept" + text_of(report.kept_names) + "; lost" + text_of(report.lost_names) + "\n";
  for (const auto& file : report.files)
    text += fmt::format("  {}: {} kept, {} lost, {} torn, {} bytes\n", file.path, file.kept, file.lost,
                        file.torn, file.size);
  for (const auto& failure : report.failures) text += "  could not be taken back: " + failure + "\n";
  return text;
}

// Plays it in a directory of its own, and cuts the power.
Survived play(DiskWorld& disk, const PortHistory& history, const std::string& name, std::uint64_t seed,
              bool syncs_fail) {
  Survived survived;
  CrashModel model;
  PortPlayer* player = nullptr;
  const auto plan = syncs_fail ? *faultfs::parse_fault_plan(kFailingSyncs) : faultfs::FaultPlan{};
  std::unique_ptr<PortPlayer> owner;
  disk.run([&] {
    owner = std::make_unique<PortPlayer>(disk.files(), disk.root() + "/" + name);
    player = owner.get();
    disk.arm(plan);
    for (const auto& step : history) {
      const std::string answer = player->answer(step);
      model.note(step, answer);
      survived.answers += answer + "\n";
    }
    player->close_all();
    disk.arm({});
  });
  survived.report = text_of(disk.cut_power(seed));
  disk.run([&] {
    survived.tree = player->everything();
    player->clean_up();
  });
  survived.objection = model.objection(survived.tree);
  return survived;
}

// What is wrong with it; empty when nothing is.
using Verdict = std::function<std::string(const PortHistory&, const std::string& name, std::uint64_t seed)>;

// The whole story, as short as it gets.
std::string story(const PortHistory& history, const std::string& name, std::uint64_t seed,
                  const Verdict& verdict) {
  int tries = 0;
  const auto chosen = faultfs::smallest_part(history.size(), [&](const faultfs::Chosen& part) {
    return !verdict(part_of(history, part), fmt::format("{}-{}", name, ++tries), seed).empty();
  });
  const PortHistory shortest = part_of(history, chosen);
  return fmt::format("{}, cut with seed {}:\n{}{}", name, seed, to_text(shortest),
                     verdict(shortest, name + "-last", seed));
}

void check_histories(std::uint64_t count, const Verdict& verdict) {
  const auto first = setting("HOLDFAST_SEED", 1);
  for (std::uint64_t i = 0; i < count; ++i) {
    auto random = Random(first).stream(fmt::format("power cut {}", i));
    const auto history = random_port_history(random, kCutSteps);
    const auto name = fmt::format("h{}", i);
    const bool is_sound = verdict(history, name, first + i).empty();
    ASSERT_TRUE(is_sound) << story(history, name, first + i, verdict);
  }
}

std::string objection_on_the_memory_disk(const PortHistory& history, const std::string& name,
                                         std::uint64_t seed, bool syncs_fail) {
  MemoryDiskWorld memory;
  const auto survived = play(memory, history, name, seed, syncs_fail);
  if (survived.objection.empty()) return "";
  return survived.objection + "\n" + survived.report + to_text(survived.tree);
}

TEST(PowerCutConformance, TheMemoryDiskKeepsWhatThePortPromises) {
  check_histories(setting("HOLDFAST_HISTORIES", 400),
                  [](const PortHistory& history, const std::string& name, std::uint64_t seed) {
                    return objection_on_the_memory_disk(history, name, seed, false);
                  });
}

TEST(PowerCutConformance, TheMemoryDiskKeepsWhatThePortPromisesWhereSyncsFail) {
  check_histories(setting("HOLDFAST_HISTORIES", 200),
                  [](const PortHistory& history, const std::string& name, std::uint64_t seed) {
                    return objection_on_the_memory_disk(history, name, seed, true);
                  });
}

class TwoDisks : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(PowerCutConformance, TwoDisks, testing::Bool(), [](const auto& instance) {
  return instance.param ? "WhereSyncsFail" : "WhereSyncsSucceed";
});

TEST_P(TwoDisks, LoseTheSameOfOneSeedAndKeepWhatThePortPromises) {
  if (auto able = faultfs::fuse_available(); !able) GTEST_SKIP() << able.error().message;
  MountedDisk mount({"--power-cut"});
  check_histories(
      setting("HOLDFAST_HISTORIES", 60),
      [&](const PortHistory& history, const std::string& name, std::uint64_t seed) -> std::string {
        MemoryDiskWorld memory;
        const auto live = play(mount, history, name, seed, GetParam());
        const auto simulated = play(memory, history, name, seed, GetParam());
        if (live.answers != simulated.answers)
          return "the mount answers\n" + live.answers + "and the memory disk\n" + simulated.answers;
        if (live.report != simulated.report)
          return "of the mount goes\n" + live.report + "and of the memory disk\n" + simulated.report;
        if (live.tree != simulated.tree)
          return "on the mount is\n" + to_text(live.tree) + "and on the memory disk\n" +
                 to_text(simulated.tree);
        return live.objection;
      });
}

}  // namespace
}  // namespace holdfast
