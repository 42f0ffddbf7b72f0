// The same history under the same fault plan and seed, on the memory disk and on a faultfs mount: the same
// answers, the same files at the end, the same fault log but for times. Each effect by itself, and several
// at once. HOLDFAST_HISTORIES of each plan, drawn from HOLDFAST_SEED; one that differs is shrunk and printed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "faultfs/control/fuse_available.h"
#include "faultfs/model/fault_plan_json.h"
#include "faultfs/trial/smallest_part.h"
#include "tests/conformance/disk_worlds.h"
#include "tests/conformance/port_history.h"

namespace holdfast {
namespace {

constexpr std::size_t kFaultSteps = 120;
constexpr std::size_t kCalmSteps = 20;  // before the plan is armed

// One rule each, by what it shows.
const std::vector<std::pair<const char*, const char*>> kRules = {
    {"error-open", R"({"name": "open", "when": {"op": "open", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-create",
     R"({"name": "create", "when": {"op": "create", "nth": 2}, "effect": {"error": "ENOSPC"}})"},
    {"error-read", R"({"name": "read", "when": {"op": "read", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-write", R"({"name": "write", "when": {"op": "write", "nth": 2}, "effect": {"error": "EIO"}})"},
    {"error-allocate",
     R"({"name": "allocate", "when": {"op": "fallocate", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-truncate",
     R"({"name": "truncate", "when": {"op": "truncate", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-fsync", R"({"name": "fsync", "when": {"op": "fsync", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-flush", R"({"name": "flush", "when": {"op": "flush", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-rename", R"({"name": "rename", "when": {"op": "rename", "nth": 2}, "effect": {"error": "EIO"}})"},
    {"error-unlink", R"({"name": "unlink", "when": {"op": "unlink", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-mkdir", R"({"name": "mkdir", "when": {"op": "mkdir", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-rmdir", R"({"name": "rmdir", "when": {"op": "rmdir", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"error-fsyncdir",
     R"({"name": "fsyncdir", "when": {"op": "fsyncdir", "nth": 1}, "effect": {"error": "EIO"}})"},
    {"errors",
     R"({"name": "some", "when": {"op": ["write", "fsync", "create", "rename", "read"], "probability": 0.3}, "effect": {"error": "EIO"}})"},
    {"full", R"({"name": "full", "effect": {"full": {"left": "4KiB"}}})"},
    {"inodes", R"({"name": "inodes", "effect": {"full": {"left": "1MiB", "inodes": 2}}})"},
    {"full-part",
     R"({"name": "part", "when": {"path": "**/a"}, "effect": {"full": {"left": "4KiB", "inodes": 1}}})"},
    {"read-only", R"({"name": "read only", "effect": {"read_only": true}})"},
    {"permission",
     R"({"name": "permission", "when": {"path": "*/b/**"}, "effect": {"permission": "EACCES"}})"},
    {"torn-prefix",
     R"({"name": "torn", "when": {"probability": 0.5}, "effect": {"torn": {"keep": "prefix", "answer": "success"}}})"},
    {"torn-sectors",
     R"({"name": "torn", "when": {"probability": 0.5}, "effect": {"torn": {"keep": "sectors", "answer": "EIO"}}})"},
    {"lost", R"({"name": "lost", "when": {"probability": 0.5}, "effect": {"lost": true}})"},
    {"misdirected",
     R"({"name": "misdirected", "when": {"probability": 0.5}, "effect": {"misdirected": true}})"},
    {"short",
     R"({"name": "short", "when": {"op": ["read", "write"], "probability": 0.6}, "effect": {"short": {"fraction": 0.3}}})"},
    {"stale", R"({"name": "stale", "when": {"probability": 0.6}, "effect": {"stale": true}})"},
    {"flips",
     R"({"name": "flips", "when": {"probability": 0.5}, "effect": {"corrupt": {"on": "read", "with": "bit_flips", "count": 3}}})"},
    {"damage",
     R"({"name": "damage", "when": {"probability": 0.5}, "effect": {"corrupt": {"on": "write", "with": "random", "bytes": "40B"}}})"},
    {"damage-that-heals",
     R"({"name": "damage", "effect": {"corrupt": {"on": "write", "with": "zeros", "bytes": "40B", "restore": true}}})"},
    {"at-rest",
     R"({"name": "rot", "effect": {"corrupt": {"on": "rest", "with": "random", "bytes": "30B"}}})"},
    {"ext4-ordered",
     R"({"name": "sync", "when": {"probability": 0.5}, "effect": {"sync_failure": "ext4_ordered"}})"},
    {"ext4-data",
     R"({"name": "sync", "when": {"probability": 0.5}, "effect": {"sync_failure": "ext4_data"}})"},
    {"xfs", R"({"name": "sync", "when": {"probability": 0.5}, "effect": {"sync_failure": "xfs"}})"},
    {"btrfs", R"({"name": "sync", "when": {"probability": 0.5}, "effect": {"sync_failure": "btrfs"}})"},
};

struct Played {
  std::string answers;
  FoundTree tree;  // when the faults are healed
  std::string decisions;
};

Played play(DiskWorld& disk, const PortHistory& history, const std::string& name, const std::string& rules) {
  Played played;
  const auto plan = faultfs::parse_fault_plan(R"({"rules": [)" + rules + "]}");
  if (!plan) throw std::invalid_argument(plan.error().message);
  disk.run([&] {
    PortPlayer player(disk.files(), disk.root() + "/" + name);
    for (std::size_t i = 0; i < history.size(); ++i) {
      if (i == std::min(kCalmSteps, history.size() / 3)) disk.arm(*plan);
      played.answers += player.answer(history[i]) + "\n";
    }
    player.close_all();
    disk.arm({});
    played.tree = player.everything();
    player.clean_up();
  });
  for (const auto& decision : disk.new_decisions()) played.decisions += "  " + decision + "\n";
  return played;
}

// How the two differ; empty when they do not. Both disks live on, so each play is in a directory of its own.
class Comparison {
 public:
  explicit Comparison(std::string rules) : rules_(std::move(rules)) {}

  std::string difference(const PortHistory& history) {
    const std::string name = "h" + std::to_string(++plays_);
    const auto live = play(mount_, history, name, rules_);
    const auto simulated = play(memory_, history, name, rules_);
    if (!live.decisions.empty()) ++faulted_;
    if (live.answers != simulated.answers)
      return "the mount answers\n" + live.answers + "and the memory disk\n" + simulated.answers;
    if (live.decisions != simulated.decisions)
      return "the log of the mount is\n" + live.decisions + "and of the memory disk\n" + simulated.decisions;
    if (live.tree == simulated.tree) return "";
    return "on the mount is\n" + to_text(live.tree) + "and on the memory disk\n" + to_text(simulated.tree);
  }
  int faulted() const { return faulted_; }

 private:
  std::string rules_;
  MountedDisk mount_;
  MemoryDiskWorld memory_;
  int plays_ = 0;
  int faulted_ = 0;
};

// In how many of so many histories some fault was injected.
int compare(const std::string& name, const std::string& rules, std::uint64_t count) {
  Comparison disks(rules);
  for (std::uint64_t i = 0; i < count; ++i) {
    auto random = Random(setting("HOLDFAST_SEED", 1)).stream(fmt::format("{} {}", name, i));
    const auto history = random_port_history(random, kFaultSteps);
    if (disks.difference(history).empty()) continue;
    const auto chosen = faultfs::smallest_part(history.size(), [&](const faultfs::Chosen& part) {
      return !disks.difference(part_of(history, part)).empty();
    });
    const auto shortest = part_of(history, chosen);
    ADD_FAILURE() << fmt::format("{}, history {}:\n{}{}", name, i, to_text(shortest),
                                 disks.difference(shortest));
    break;
  }
  return disks.faulted();
}

class DiskFaultConformance : public testing::Test {
 protected:
  void SetUp() override {
    if (auto able = faultfs::fuse_available(); !able) GTEST_SKIP() << able.error().message;
  }
};

TEST_F(DiskFaultConformance, EachEffectIsTheSameInBothWorlds) {
  for (const auto& [name, rule] : kRules)
    EXPECT_GT(compare(name, rule, setting("HOLDFAST_HISTORIES", 5)), 0) << name << ": no fault was injected";
}

// A few rules drawn from the table, each with a name of its own.
std::string random_rules(RandomStream& random) {
  std::string rules;
  for (std::uint64_t i = 0; i < 3; ++i) {
    std::string rule = kRules[random.below(kRules.size())].second;
    rule.insert(rule.find(R"(": ")") + 4, std::to_string(i) + " ");
    rules += (i == 0 ? "" : ", ") + rule;
  }
  return rules;
}

TEST_F(DiskFaultConformance, SeveralEffectsTogetherAreTheSameInBothWorlds) {
  int faulted = 0;
  for (std::uint64_t i = 0; i < 12; ++i) {
    auto random = Random(setting("HOLDFAST_SEED", 1)).stream(fmt::format("rules {}", i));
    const auto rules = random_rules(random);
    faulted += compare(rules, rules, setting("HOLDFAST_HISTORIES", 4));
  }
  EXPECT_GT(faulted, 12);
}

}  // namespace
}  // namespace holdfast
