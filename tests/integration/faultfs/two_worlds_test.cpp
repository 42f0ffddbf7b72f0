// The same plan over the same operations, on a real mount and on the memory disk: what is decided, what
// is damaged and what the program is told must be the same.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/base/random.h"
#include "core/host/posix_file_system.h"
#include "simulator/upstream/upstream_model.h"
#include "simulator/world/virtual/virtual_world.h"
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

constexpr std::uint64_t kSeed = 7;

// Each with its own directory, so that no plan meets the paths of another.
const std::pair<const char*, const char*> kPlans[] = {
    {"errors", R"({"name": "e", "when": {"op": ["write", "fsync", "create", "rename"], "probability": 0.5},
                   "effect": {"error": "EIO"}})"},
    {"permission", R"({"name": "p", "effect": {"permission": "EACCES"}})"},
    {"read-only", R"({"name": "r", "effect": {"read_only": true}})"},
    {"full", R"({"name": "f", "effect": {"full": {"left": "8KiB", "inodes": 1}}})"},
    {"parts", R"({"name": "new", "when": {"path": "parts/new*"}, "effect": {"full": {"left": "12KiB"}}},
                 {"name": "all", "effect": {"full": {"left": "20KiB"}}})"},
    {"on-write",
     R"({"name": "w", "effect": {"corrupt": {"on": "write", "with": "zeros", "count": 3, "bytes": "16B"}}})"},
    {"on-read", R"({"name": "d", "when": {"probability": 0.7},
                    "effect": {"corrupt": {"on": "read", "with": "bit_flips", "count": 5}}})"},
    {"at-rest",
     R"({"name": "a", "when": {"path": "at-rest/**"}, "effect": {"corrupt": {"on": "rest", "with": "random", "count": 2, "bytes": "9B"}}})"},
    {"restored-write",
     R"({"name": "w", "effect": {"corrupt": {"on": "write", "with": "random", "bytes": "99B", "restore": true}}})"},
    {"restored-rest",
     R"({"name": "a", "when": {"path": "restored-rest/**"}, "effect": {"corrupt": {"on": "rest", "with": "random", "count": 9, "bytes": "200B", "restore": true}}})"},
    {"directory",
     R"({"name": "k", "when": {"path": "directory/old"}, "effect": {"replaced_by": "directory"}})"},
    {"file", R"({"name": "k", "when": {"path": "file"}, "effect": {"replaced_by": "file"}})"},
    {"short", R"({"name": "s", "when": {"probability": 0.6}, "effect": {"short": {"fraction": 0.3}}})"},
    {"torn-prefix", R"({"name": "t", "effect": {"torn": {"keep": "prefix", "answer": "success"}}})"},
    {"torn-sectors", R"({"name": "t", "effect": {"torn": {"keep": "sectors", "answer": "EIO"}}})"},
    {"lost", R"({"name": "l", "when": {"probability": 0.5}, "effect": {"lost": true}})"},
    {"misdirected", R"({"name": "m", "effect": {"misdirected": true}})"},
    {"stale",
     R"({"name": "s", "when": {"path": "stale/**", "path_regex": ".*/[a-z]+0?"}, "effect": {"stale": true}})"},
    {"sync-data", R"({"name": "s", "when": {"every": 3}, "effect": {"sync_failure": "ext4_data"}})"},
    {"sync-revert", R"({"name": "s", "when": {"probability": 0.5}, "effect": {"sync_failure": "btrfs"}})"},
    {"uniform",
     R"({"name": "u", "when": {"op": ["write", "fsync"]}, "effect": {"latency": {"uniform": ["10us", "90us"]}}})"},
    {"lognormal", R"({"name": "l", "when": {"op": "syncs", "probability": 0.6},
                      "effect": {"latency": {"lognormal": {"median": "50us", "p99": "1ms", "max": "2ms"}}}})"},
    {"pareto",
     R"({"name": "p", "when": {"op": "read"}, "effect": {"latency": {"pareto": {"min": "10us", "shape": 1.5, "max": "3ms"}}}})"},
    {"samples",
     R"({"name": "s", "when": {"op": "write"}, "effect": {"latency": {"samples": ["10us", "70us", "1ms"]}}})"},
    {"throttled",
     R"({"name": "t", "when": {"op": "write", "limit": 1}, "effect": {"throttle": {"bandwidth": "5MiB/s"}}})"},
    {"hang-then",
     R"({"name": "h", "when": {"op": "fsync", "every": 2}, "effect": {"hang": {"for": "1ms", "then": "EIO"}}})"},
    {"hang-for", R"({"name": "h", "when": {"op": "fsync", "every": 2}, "effect": {"hang": {"for": "1ms"}}})"},
    {"choosy",
     R"({"name": "f", "when": {"op": "writes", "flags": ["O_RDWR"], "offset": {"from": "100B", "to": "200B"}},
                   "effect": {"error": "EIO"}},
                  {"name": "p", "when": {"op": "syncs", "nth": 2, "per": "path", "after": "f"}, "effect": {"error": "EIO"}})"},
    {"turns", R"({"name": "n", "when": {"op": "write", "nth": 3}, "effect": {"error": "EIO"}},
                 {"name": "v", "when": {"op": "fsync", "every": 2, "limit": 1}, "effect": {"error": "EDQUOT"}})"},
};

// What a program does and what it is told, as text.
class Program {
 public:
  Program(FileSystem& files, std::string directory) : files_(files), directory_(std::move(directory)) {}

  // Before the faults: a directory with a file in it, and the file open.
  void prepare() {
    note("make", files_.make_directory(directory_));
    write("old", 3000, true);
    open_ = std::move(*files_.open(directory_ + "/old", OpenMode::updating()));
  }

  void work() {
    for (int i = 0; i < 4; ++i) {
      write("new" + std::to_string(i), 5000, i % 2 == 0);
      note("open file", open_->write_at(static_cast<std::uint64_t>(i) * 100, text(50)));
      note("sync", open_->sync());
    }
    read("old", 3000);
    read("new0", 5000);
    note("rename", files_.rename(directory_ + "/new0", directory_ + "/old"));
    note("rename", files_.rename(directory_ + "/new1", directory_ + "/newer"));
    note("remove", files_.remove(directory_ + "/new2"));
    note("make", files_.make_directory(directory_ + "/below"));
    note("sync directory", files_.sync_directory(directory_));
    note("truncate", open_->truncate(1000));
    note("close", open_->close());
    note("remove", files_.remove_directory(directory_ + "/below"));
    if (auto names = files_.list(directory_)) {
      for (const auto& name : *names) told += name + " ";
    } else {
      note("list", names);
    }
  }

  // When the faults are healed.
  void look() {
    for (const auto* name : {"old", "newer", "new3"}) read(name, 5000);
  }

  std::string told;

 private:
  template <class T>
  void note(const char* what, const Result<T>& result) {
    told += fmt::format("{}: {}\n", what, result ? "done" : to_string(result.error().code));
  }
  static ByteBuffer text(std::size_t size) {
    ByteBuffer bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(mix64(i));
    return bytes;
  }
  void write(const std::string& name, std::size_t size, bool exclusive) {
    auto file = files_.open(directory_ + "/" + name, {.write = true, .create = true, .exclusive = exclusive});
    note("create", file);
    if (!file) return;
    auto written = (*file)->write_at(0, text(size));
    note("write", written);
    if (written) told += fmt::format("{} bytes\n", *written);
    note("sync", (*file)->sync_data());
    note("close", (*file)->close());
  }
  void read(const std::string& name, std::size_t size) {
    auto file = files_.open(directory_ + "/" + name, OpenMode::reading());
    note("open", file);
    if (!file) return;
    const auto length = (*file)->size();
    ByteBuffer bytes(std::min<std::size_t>(size, length.value_or(0)));  // so that nobody asks beyond the end
    note("read", (*file)->read_at(0, bytes));
    told += fmt::format("{:016x}\n", hash_name(as_text(bytes)));
    note("close", (*file)->close());
  }

  FileSystem& files_;
  std::string directory_;
  std::unique_ptr<File> open_;
};

// What a log line says of the decision, without who asked when.
std::string decision_in(const std::string& text) {
  const auto line = nlohmann::json::parse(text);
  return fmt::format("{} {} {} {} {} {} {}", line["rule"].get<std::string>(), line["path"].get<std::string>(),
                     line["op"].get<std::string>(), line["offset"].get<std::uint64_t>(),
                     line["decision"].get<std::string>(), line.value("damaged", nlohmann::json()).dump(),
                     line.value("pieces", nlohmann::json()).dump());
}

struct Outcome {
  std::string told;
  std::vector<std::string> decisions;
};

// The kernel asks twice for a name that it knew and that is refused now: once whether it is still there,
// once whether it is there again.
std::vector<std::string> without_repeated_lookups(std::vector<std::string> decisions) {
  const auto repeated = std::ranges::unique(decisions, [](const auto& a, const auto& b) {
    return a == b && a.find(" lookup ") != std::string::npos;
  });
  decisions.erase(repeated.begin(), repeated.end());
  return decisions;
}

FaultPlan plan_of(const char* rules) { return *parse_fault_plan(fmt::format(R"({{"rules": [{}]}})", rules)); }

std::vector<Outcome> on_the_memory_disk() {
  std::vector<Outcome> outcomes;
  Outcome outcome;
  Injector injector(kSeed, [&](const FaultEvent& event) {
    outcome.decisions.push_back(decision_in(to_json_line(event, Time{})));
  });
  upstream::UpstreamModel model({}, kSeed, [](Time, const RequestElement&, bool) {});
  world::VirtualWorld world({.seed = kSeed}, injector, model);
  EXPECT_TRUE(world.run([&] {
    for (const auto& [directory, rules] : kPlans) {
      Program program(world.disk(), std::string("/mnt/") + directory);
      program.prepare();
      injector.arm(plan_of(rules), world.clock().now());
      program.work();
      injector.heal(world.clock().now());
      program.look();
      outcome.told = program.told;
      outcomes.push_back(std::exchange(outcome, {}));
    }
  }));
  return outcomes;
}

class TwoWorlds : public MountTest {
 protected:
  std::vector<Outcome> on_the_mount() {
    host::PosixFileSystem files;
    std::vector<Outcome> outcomes;
    for (const auto& [directory, rules] : kPlans) {
      Program program(files, mountpoint(directory));
      program.prepare();
      arm(rules);
      program.work();
      EXPECT_TRUE(control().clear());
      program.look();
      outcomes.push_back({program.told, new_decisions()});
    }
    return outcomes;
  }

 private:
  std::vector<std::string> new_decisions() {
    std::istringstream log(content_of(fault_log()));
    std::vector<std::string> decisions;
    std::size_t number = 0;
    for (std::string line; std::getline(log, line); ++number)
      if (number >= seen_) decisions.push_back(decision_in(line));
    seen_ = number;
    return decisions;
  }
  std::size_t seen_ = 0;
};

TEST_F(TwoWorlds, DecideDamageAndAnswerAlike) {
  mount({"--seed", std::to_string(kSeed)});
  const auto live = on_the_mount();
  const auto memory = on_the_memory_disk();
  ASSERT_EQ(live.size(), memory.size());
  for (std::size_t i = 0; i < live.size(); ++i) {
    EXPECT_EQ(live[i].told, memory[i].told) << kPlans[i].first;
    EXPECT_EQ(without_repeated_lookups(live[i].decisions), without_repeated_lookups(memory[i].decisions))
        << kPlans[i].first;
    EXPECT_FALSE(live[i].decisions.empty()) << kPlans[i].first << ": no fault was injected";
  }
}

}  // namespace
}  // namespace holdfast::faultfs
