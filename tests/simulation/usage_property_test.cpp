// Whatever happens to the disk and to the program, in whatever order: the usage file counts no record
// twice, and none that was durable is missing; where no life was killed, it counts every accepted one but
// those that a life at its end said the file does not have.
#include <cstdlib>

#include "core/base/random.h"
#include "tests/simulation/usage_fixture.h"

namespace holdfast {
namespace {

#ifdef HOLDFAST_ASAN
constexpr std::uint64_t kUsualSeeds = 3;  // each takes the address sanitizer four seconds
#elif defined(HOLDFAST_TSAN)
constexpr std::uint64_t kUsualSeeds = 1;  // a race needs no more
#else
constexpr std::uint64_t kUsualSeeds = 10;
#endif

// Seeds of each campaign; HOLDFAST_SEEDS=300 plays more.
std::uint64_t seeds() {
  const char* asked = std::getenv("HOLDFAST_SEEDS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : kUsualSeeds;
}
constexpr int kLives = 8;

class Weather {
 public:
  Weather(UsageTrackerWorld& world, std::uint64_t seed) : world_(world), random_(seed) {}

  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  // Faults for a while: of the usage directories, of the spool, sometimes of all the disk. A spool that has
  // no room gives counts up for records, so that is no fault of this test: see usage_room_test.cpp.
  void change() {
    constexpr Operation kOperations[] = {
        Operation::open,   Operation::create,   Operation::read,    Operation::write,  Operation::fsync,
        Operation::rename, Operation::fsyncdir, Operation::getattr, Operation::unlink, Operation::truncate};
    constexpr int kErrors[] = {EIO, EACCES, EROFS, ENOSPC};
    constexpr const char* kPaths[] = {"usage/**",  "usage/**",       "usage-backup/**",
                                      "usage*/**", "**/usage.json*", "spool/**",
                                      "spool/**",  "backup/**",      "**"};
    std::vector<faultfs::Rule> rules;
    const std::uint64_t count = random_.below(4);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto operation = kOperations[random_.below(std::size(kOperations))];
      const std::string path = kPaths[random_.below(std::size(kPaths))];
      const bool usage_alone = path.find("usage") != std::string::npos;
      const int error = kErrors[random_.below(std::size(kErrors) - (usage_alone ? 0 : 1))];
      auto rule = failing(operation, error, path);
      rule.name += std::to_string(i);
      if (random_.below(2) == 0) rule.when.probability = faultfs::kCertain / 3;
      rules.push_back(std::move(rule));
    }
    world_.arm(std::move(rules));
  }

  // Between two lives somebody damages one file of a pair; its other copy is whole.
  void damage() {
    const std::string path = UsageTrackerWorld::kUsageFile;
    const auto sound = [&](const std::string& file) {
      const auto bytes = world_.world.disk().visible_bytes(file);
      return bytes ? usage::parse_book(as_text(*bytes)) : Result<usage::Book>(fail(Code::not_found, file));
    };
    const auto primary = sound(path), backup = sound(path + ".backup");
    if (!primary || !backup || primary->generation != backup->generation) return;
    const std::string target = random_.below(2) == 0 ? path : path + ".backup";
    auto file = world_.env.files.open(target, OpenMode::updating());
    ASSERT_TRUE(file);
    if (random_.below(2) == 0) {
      EXPECT_TRUE((*file)->truncate(random_.below(100)));
    } else {
      EXPECT_TRUE((*file)->write_at(random_.below(100), as_bytes("#")));
    }
    EXPECT_TRUE((*file)->close());
  }

 private:
  UsageTrackerWorld& world_;
  RandomStream random_;
};

void play(std::uint64_t seed, bool kills) {
  UsageTrackerWorld world;
  if (seed % 2 == 0) world.options.spool.backup_directory = "/mnt/backup";
  world.options.spool.max_retry_interval = 500ms;
  world.options.spool.segment_bytes = 8192;
  world.options.usage.flush_interval = 200ms;
  std::uint64_t pending = 0;  // at the ends of lives
  world.run([&] {
    Weather weather(world, seed);
    for (int life = 0; life < kLives; ++life) {
      MortalFileSystem mortal(world.env.files);
      auto tracker = world.open_in(world.on(mortal));
      const bool killed = kills && weather.below(2) == 0;
      if (killed && weather.below(2) == 0) mortal.die_after(20 + weather.below(200));
      const std::uint64_t moments = 2 + weather.below(8);
      for (std::uint64_t i = 0; i < moments; ++i) {
        weather.change();
        EXPECT_GT(world.offer_named(*tracker, 1 + weather.below(30)), 0U);
        world.sleep(Duration(1ms) * static_cast<std::int64_t>(20 + weather.below(400)));
      }
      if (killed) mortal.die();
      if (weather.below(2) == 0) world.heal_disk();
      (void)tracker->close(killed ? 10ms : 3s);
      pending += tracker->stats().usage_pending;
      world.heal_disk();
      weather.damage();
    }
    auto last = world.open();
    EXPECT_TRUE(last->flush(10s));
    EXPECT_TRUE(last->close(10s));
    const auto times = world.counted();
    world.expect_none_twice(times);
    world.expect_every_durable_one(times);
    if (!kills) {
      EXPECT_GE(times.size() + pending, world.next_reference - 1) << "every accepted record";
    }
  });
}

TEST(UsageProperty, WithoutKillsEveryAcceptedRecordIsCountedOnce) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    play(seed, false);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

TEST(UsageProperty, WithKillsEveryDurableRecordIsCountedOnce) {
  for (std::uint64_t seed = 1001; seed <= 1000 + seeds(); ++seed) {
    play(seed, true);
    if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast
