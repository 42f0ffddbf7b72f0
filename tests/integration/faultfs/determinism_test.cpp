// The same plan and seed hit the same operations, whatever else the machine does.
#include <map>
#include <nlohmann/json.hpp>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

constexpr int kRoundsOfWork = 60;
constexpr int kThreads = 4;

constexpr const char* kRules = R"(
  {"name": "slow", "when": {"op": "fsync", "probability": 0.3}, "effect": {"latency": "200us"}},
  {"name": "eio", "when": {"op": ["write", "fsync", "rename"], "probability": 0.1}, "effect": {"error": "EIO"}},
  {"name": "third", "when": {"op": "unlink", "every": 3, "per": "path"}, "effect": {"error": "EBUSY"}},
  {"name": "cable", "when": {"probability": 0.2}, "effect": {"corrupt": {"on": "write", "with": "bit_flips", "count": 3}}},
  {"name": "torn", "when": {"probability": 0.2}, "effect": {"torn": {"keep": "sectors", "answer": "success"}}},
  {"name": "short", "when": {"op": "read", "probability": 0.4}, "effect": {"short": {"fraction": 0.5}}})";

// Keeps the processors busy, at odds with whatever is tested beside it.
class Load {
 public:
  explicit Load(int threads) {
    for (int i = 0; i < threads; ++i)
      burning_.emplace_back([](std::stop_token stop) {
        for (volatile std::uint64_t x = 0; !stop.stop_requested();) x = x + 1;
      });
  }

 private:
  std::vector<std::jthread> burning_;
};

class Determinism : public MountTest {
 protected:
  // What the rules did while `program` ran on a fresh mount, a line for each fault, without its time, its
  // number and who asked; by path.
  using Lists = std::map<std::string, std::vector<std::string>>;
  Lists faults_of(const std::function<void(const std::string& directory)>& program) {
    std::filesystem::remove_all(backing());
    std::filesystem::create_directory(backing());
    mount({"--seed", "42"});
    arm(kRules);
    program(mountpoint());
    EXPECT_EQ(end(SIGTERM), 0);
    Lists lists;
    std::ifstream log(fault_log());
    for (std::string line; std::getline(log, line);) {
      auto fault = nlohmann::json::parse(line);
      for (const char* key : {"n", "t", "pid"}) fault.erase(key);
      lists[fault.at("path")].push_back(fault.dump());
      lists[""].push_back(fault.dump());  // all, in order
    }
    std::filesystem::remove(fault_log());
    return lists;
  }

  // Writes, syncs, reads, renames and unlinks files of its own.
  static void work(const std::string& directory, const std::string& name) {
    const std::string text(3000, 'x');
    for (int i = 0; i < kRoundsOfWork; ++i) {
      const std::string path = directory + "/" + name + std::to_string(i % 5);
      {
        Opened file(path, O_RDWR | O_CREAT);
        char bytes[4096];
        (void)!::pwrite(*file, text.data(), text.size(), i * 100);
        (void)::fsync(*file);
        (void)!::pread(*file, bytes, sizeof bytes, 0);
      }
      (void)::rename(path.c_str(), (path + ".new").c_str());
      (void)::unlink((path + ".new").c_str());
    }
  }

  static void four_threads(const std::string& directory) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i)
      threads.emplace_back([&, i] { work(directory, std::string(1, static_cast<char>('a' + i))); });
  }
};

TEST_F(Determinism, OneThreadMeetsTheSameFaultsInTheSameOrderUnderAnyLoad) {
  const auto program = [](const std::string& directory) { work(directory, "f"); };
  const Lists quiet = faults_of(program);
  ASSERT_GT(quiet.at("").size(), 50U);
  for (int threads : {2, 8}) {
    const Load load(threads);
    EXPECT_EQ(faults_of(program), quiet) << threads << " busy threads";
  }
}

TEST_F(Determinism, FourThreadsMeetTheSameFaultsOnEachPath) {
  Lists first = faults_of(four_threads);
  ASSERT_GT(first.at("").size(), 200U);
  first.erase("");  // in what order the threads came is theirs
  for (int threads : {0, 4}) {
    const Load load(threads);
    Lists again = faults_of(four_threads);
    again.erase("");
    EXPECT_EQ(again, first) << threads << " busy threads";
  }
}

}  // namespace
}  // namespace holdfast::faultfs
