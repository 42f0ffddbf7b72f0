// The faults of a log befall a program again, and the fewest of them that matter are found.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kRules = R"({"rules": [
  {"name": "slow", "when": {"op": "fsync", "probability": 0.3}, "effect": {"latency": {"uniform": ["100us", "300us"]}}},
  {"name": "eio", "when": {"op": ["write", "fsync", "rename"], "probability": 0.1}, "effect": {"error": "EIO"}},
  {"name": "third", "when": {"op": "unlink", "every": 3, "per": "path"}, "effect": {"error": "EBUSY"}},
  {"name": "cable", "when": {"probability": 0.2}, "effect": {"corrupt": {"on": "write", "with": "bit_flips", "count": 3}}},
  {"name": "torn", "when": {"probability": 0.2}, "effect": {"torn": {"keep": "sectors", "answer": "success"}}},
  {"name": "stale", "when": {"probability": 0.5}, "effect": {"stale": true}},
  {"name": "news", "when": {"probability": 0.2}, "effect": {"sync_failure": "ext4_data"}},
  {"name": "short", "when": {"op": "read", "probability": 0.4}, "effect": {"short": {"fraction": 0.5}}},
  {"name": "full", "effect": {"full": {"left": "16KiB"}}}]})";

// Goes on whatever it meets.
constexpr const char* kProgramText = R"(
import os, sys
def attempt(call, *words):
    try: return call(*words)
    except OSError: return -1
for i in range(60):
    path = f"{sys.argv[1]}/f{i % 5}"
    file = attempt(os.open, path, os.O_RDWR | os.O_CREAT)
    if file < 0: continue
    attempt(os.pwrite, file, b"x" * 3000, i * 100)
    attempt(os.fsync, file)
    attempt(os.pread, file, 4096, 0)
    attempt(os.close, file)
    attempt(os.rename, path, path + ".new")
    attempt(os.unlink, path + ".new")
)";

class Replay : public MountTest {
 protected:
  std::string place(const std::string& name) const { return backing() + "-" + name; }

  // The faults that a program met on a mount under these rules.
  void record(const std::string& rules, const std::string& command) {
    std::ofstream(place("plan")) << rules;
    mount({"--plan", place("plan"), "--seed", "42"});
    (void)!std::system((command + " '" + mountpoint() + "' >/dev/null 2>&1").c_str());
    ASSERT_EQ(end(SIGTERM), 0);
  }

  // Without what passes.
  static std::vector<std::string> faults_in(const std::string& path) {
    std::vector<std::string> faults;
    std::ifstream log(path);
    for (std::string line; std::getline(log, line);) {
      auto fault = json::parse(line);
      for (const char* passing : {"t", "pid"}) fault.erase(passing);
      faults.push_back(fault.dump());
    }
    return faults;
  }
};

TEST_F(Replay, GivesTheSameLogAgain) {
  std::ofstream(place("program.py")) << kProgramText;
  record(kRules, "python3 " + place("program.py"));
  const auto first = faults_in(fault_log());
  for (const char* rule : {"slow", "eio", "third", "cable", "torn", "stale", "news", "short", "full"})
    EXPECT_TRUE(std::ranges::any_of(
        first, [&](const auto& fault) { return fault.contains("\"rule\":\"" + std::string(rule) + "\""); }))
        << rule << " must have fired";
  ASSERT_EQ(
      run({"replay", fault_log(), "--fault-log", place("again"), "--", "python3", place("program.py"), "{}"}),
      0)
      << output_;
  EXPECT_EQ(faults_in(place("again")), first);
}

TEST_F(Replay, SaysWhenAProgramDidNotSurviveAndWhenFaultsDidNotRecur) {
  const std::string plan =
      R"({"rules": [{"name": "second", "when": {"op": "write", "nth": 2}, "effect": {"error": "EIO"}}]})";
  const std::string script = "for i in 1 2 3; do echo $i > \"$1/$i\" || exit 7; done";
  record(plan, "sh -c '" + script + "' sh");
  EXPECT_EQ(run({"replay", fault_log(), "--", "sh", "-c", script, "sh", "{}"}), 1);
  EXPECT_THAT(output_, HasSubstr("not survived: exit code 7"));
  EXPECT_THAT(output_, HasSubstr("1 of 1 faults recurred"));
  EXPECT_EQ(run({"replay", fault_log(), "--", "true"}), 2) << "nothing was written";
  EXPECT_THAT(output_, HasSubstr("0 of 1 faults recurred"));
  EXPECT_EQ(run({"replay", place("absent"), "--", "true"}), 3);
  EXPECT_EQ(run({"replay", place("plan"), "--", "true"}), 3) << "no fault log";
}

TEST_F(Replay, ShrinksToTheFaultsThatMatter) {
  std::ofstream(place("program.sh")) << R"(for i in 1 2 3 4 5 6 7 8; do echo $i > "$1/$i"; done
cp "$1/3" "$1/copy" || cp "$1/3" "$1/copy" || true)";
  // Each file's first write fails, and so do both tries to copy.
  record(R"({"rules": [
    {"name": "write", "when": {"op": "write", "path": "?", "every": 2}, "effect": {"error": "EIO"}},
    {"name": "copy", "when": {"op": "write", "path": "copy", "limit": 2}, "effect": {"error": "ENOSPC"}},
    {"name": "slow", "when": {"op": "create"}, "effect": {"latency": "1ms"}}]})",
         "sh " + place("program.sh"));
  ASSERT_GE(faults_in(fault_log()).size(), 10U);
  const std::vector<std::string> program = {"--check", "grep -q 3 {}/copy", "--",
                                            "sh",      place("program.sh"), "{}"};
  std::vector<std::string> words = {"shrink", fault_log(), "--out", place("few")};
  words.insert(words.end(), program.begin(), program.end());
  ASSERT_EQ(run(words), 0) << output_;
  EXPECT_THAT(output_, HasSubstr("2 of "));
  const auto few = faults_in(place("few"));
  ASSERT_EQ(few.size(), 2U) << output_;
  for (const auto& fault : few) EXPECT_EQ(json::parse(fault).at("path"), "copy");
  words = {"replay", place("few")};
  words.insert(words.end(), program.begin(), program.end());
  EXPECT_EQ(run(words), 1) << output_;
  std::filesystem::remove(place("few"));
  words = {"shrink", fault_log(), "--check", "true", "--", "sh", place("program.sh"), "{}"};
  EXPECT_EQ(run(words), 3) << "there is nothing to look for";
}

TEST_F(Replay, CoverageTellsWhatAProgramAskedFor) {
  mount({"--class", "wal/**"});
  ASSERT_EQ(::mkdir(mountpoint("wal").c_str(), 0755), 0);
  arm(R"({"name": "r", "when": {"op": "write", "path": "wal/*", "nth": 2}, "effect": {"error": "EIO"}})");
  for (const std::string name : {"1.seg", "27.seg", "wal/a", "wal/b"}) {
    Opened file(mountpoint(name), O_RDWR | O_CREAT);
    (void)!::write(*file, "x", 1);
  }
  ASSERT_EQ(run({"coverage", mountpoint(), "--socket", socket(), "--json"}), 0) << output_;
  std::map<std::string, json> writes;
  const auto report = json::parse(output_);
  for (const auto& point : report.at("points"))
    if (point.at("op") == "write") writes[point.at("class")] = point;
  ASSERT_EQ(writes.size(), 2U) << output_;
  EXPECT_EQ(writes.at("#.seg").at("requests"), 2);
  EXPECT_EQ(writes.at("wal/**").at("injected").at("EIO"), 1);
  EXPECT_THAT(writes.at("wal/**").at("plausible"), testing::Contains("ENOSPC"));
  ASSERT_EQ(run({"coverage", mountpoint(), "--socket", socket()}), 0);
  EXPECT_THAT(output_, HasSubstr("wal/**"));
  EXPECT_THAT(output_, HasSubstr("EIO 1"));
}

}  // namespace
}  // namespace holdfast::faultfs
