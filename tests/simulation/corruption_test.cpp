// A tracker whose disk damages bytes, under its feet and between its lives. What was hit is known from
// the faults, where each record lies from its claim; so every record can be judged: delivered, or hit and
// counted.
#include "core/spool/format.h"
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {
namespace {

using faultfs::CorruptEffect;
using faultfs::CorruptKind;
using faultfs::CorruptWhen;

#ifdef HOLDFAST_TSAN
constexpr int kSeeds = 2;
#else
constexpr int kSeeds = 12;
#endif

faultfs::Rule corrupting(CorruptEffect effect, std::string path,
                         std::uint64_t probability = faultfs::kCertain) {
  return {.name = "corrupts",
          .when = {.path = std::move(path), .probability = probability},
          .effect = {.corrupt = effect}};
}

std::string name_in(const std::string& path) { return path.substr(path.rfind('/') + 1); }

class CorruptWorld : public TrackerWorld {
 public:
  explicit CorruptWorld(std::uint64_t seed) : TrackerWorld(seed) {
    options.delivery.batch.queue_records = 100;
  }

  bool hit(const std::string& file, std::uint64_t begin, std::uint64_t end) const {
    for (const auto& event : faults)
      for (const auto& damage : event.damage)
        if (name_in(event.path) == file && damage.offset < end && damage.offset + damage.size > begin)
          return true;
    return false;
  }
  bool hit(const Witness::Frame& frame) const { return hit(frame.file, frame.begin, frame.end); }

  // Each record was delivered, or hit; `quarantined` of them were counted. A start cannot see how many
  // frames lay in a tail behind which nothing is sound, neither a frame nor the footer: those are `unseen`.
  void judge(std::uint64_t quarantined, bool after_a_start) {
    std::size_t missing = 0, unseen = 0;
    for (const auto& [reference, frame] : witness.frames) {
      if (deliveries.contains(reference)) continue;
      ++missing;
      const bool headless = after_a_start && hit(frame.file, 0, spool::kSegmentHeaderBytes);
      EXPECT_TRUE(hit(frame) || headless) << "record " << reference << " is gone, and nobody hit it";
      if (after_a_start && in_lost_tail(frame)) ++unseen;
    }
    EXPECT_EQ(quarantined + unseen, missing);
  }

  // Lives on a copy of the spool as a kill at this moment leaves it: what was written, without the footer
  // and the checkpoint of a close.
  void copy_spool(const std::string& to) {
    EXPECT_TRUE(make_directories(env.files, to));
    const auto names = *env.files.list(kDirectory);
    for (const auto& name : names) {
      const auto bytes = world.disk().visible_bytes(kDirectory + "/" + name);
      if (!bytes) continue;
      auto file = env.files.open(to + "/" + name, OpenMode::creating());
      ASSERT_TRUE(file);
      EXPECT_TRUE(write_all(**file, 0, *bytes));
      EXPECT_TRUE((*file)->close());
    }
    options.spool.directory = to;
  }

  // Records on disk that nobody has sent: 1,000 in about seven segments.
  void fill(Tracker& tracker) {
    arm(away(Outage::refuse));
    for (int i = 0; i < 20; ++i, sleep(20ms)) offer(tracker, 50);
    EXPECT_TRUE(wait_for(2s, [&] { return witness.durable.size() == 1000; }));
  }

  void drain(Tracker& tracker) {
    heal_upstream();
    EXPECT_TRUE(wait_for(60s, [&] { return tracker.stats().pending_spool == 0; }));
    EXPECT_TRUE(tracker.close(1s));
    EXPECT_TRUE(tracker.stats().conserved());
  }

  // The sizes of the segments between two lives, which tell whether they have a footer.
  void note_sizes(const std::string& directory) {
    const auto names = *env.files.list(directory);
    for (const auto& name : names)
      if (auto stat = env.files.stat(directory + "/" + name)) sizes_[name] = stat->size;
  }

 private:
  // Nothing behind this frame is sound: no other frame, no footer.
  bool in_lost_tail(const Witness::Frame& frame) const {
    std::uint64_t last = 0;
    for (const auto& [reference, other] : witness.frames) {
      if (other.file != frame.file) continue;
      if (other.begin >= frame.begin && !hit(other)) return false;
      last = std::max(last, other.end);
    }
    const auto size = sizes_.find(frame.file);
    const std::uint64_t end = last + spool::framed_bytes(0);
    return size == sizes_.end() || size->second < end || hit(frame.file, last, end);
  }

  std::map<std::string, std::uint64_t> sizes_;
};

const CorruptEffect kEffects[] = {
    {.when = CorruptWhen::rest, .kind = CorruptKind::bit_flips, .count = 20},
    {.when = CorruptWhen::rest, .kind = CorruptKind::zeros, .count = 3, .bytes = 300},
    {.when = CorruptWhen::rest, .kind = CorruptKind::random, .count = 2, .bytes = 4000},
};

CorruptEffect on(CorruptWhen when, CorruptEffect effect) {
  effect.when = when;
  return effect;
}

template <class Body>
void for_each_case(Body body) {
  for (const auto& effect : kEffects)
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SCOPED_TRACE(std::string(faultfs::to_string(effect.kind)) + ", seed " + std::to_string(seed));
      CorruptWorld world(seed);
      world.run([&] { body(world, effect); });
      if (testing::Test::HasFailure()) return;
    }
}

TEST(Corruption, AtRestUnderARunningTrackerCostsWhatItHitsExactly) {
  for_each_case([](CorruptWorld& world, const CorruptEffect& effect) {
    auto tracker = world.open();
    world.fill(*tracker);
    world.arm({corrupting(effect, "spool/*.seg")});
    world.drain(*tracker);
    EXPECT_GT(tracker->stats().quarantined, 0U);
    world.judge(tracker->stats().quarantined, false);
  });
}

TEST(Corruption, AtRestBetweenTwoLivesCostsWhatItHitsExactly) {
  for_each_case([](CorruptWorld& world, const CorruptEffect& effect) {
    auto first = world.open();
    world.fill(*first);
    EXPECT_TRUE(first->close(1s));
    world.note_sizes(TrackerWorld::kDirectory);
    world.arm({corrupting(effect, "spool/*.seg")});
    auto second = world.open();
    world.drain(*second);
    world.judge(second->stats().quarantined, true);
  });
}

TEST(Corruption, AtRestAfterAKillCostsWhatItHitsExactly) {
  for_each_case([](CorruptWorld& world, const CorruptEffect& effect) {
    auto killed = world.open();
    world.fill(*killed);
    world.copy_spool("/mnt/copy");
    (void)killed->close(1s);  // whatever it does now happens to the other directory
    world.note_sizes("/mnt/copy");
    world.arm({corrupting(effect, "copy/*.seg")});
    auto second = world.open();
    world.drain(*second);
    world.judge(second->stats().quarantined, true);
  });
}

TEST(Corruption, OnWriteCostsWhatItHitsExactly) {
  for_each_case([](CorruptWorld& world, const CorruptEffect& effect) {
    auto tracker = world.open();
    world.arm({corrupting(on(CorruptWhen::write, effect), "spool/*.seg", faultfs::kCertain / 4)});
    world.fill(*tracker);
    world.heal_disk();
    world.drain(*tracker);
    EXPECT_GT(tracker->stats().quarantined, 0U);
    world.judge(tracker->stats().quarantined, false);
  });
}

TEST(Corruption, OnReadCostsWhatItHitsExactly) {
  for_each_case([](CorruptWorld& world, const CorruptEffect& effect) {
    auto tracker = world.open();
    world.fill(*tracker);
    world.arm({corrupting(on(CorruptWhen::read, effect), "spool/*.seg", faultfs::kCertain / 4)});
    world.drain(*tracker);
    world.judge(tracker->stats().quarantined, false);
  });
}

TEST(Corruption, OfTheCheckpointCostsDuplicatesAndNoRecord) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    CorruptWorld world(seed);
    world.run([&] {
      auto first = world.open();
      world.fill(*first);
      world.heal_upstream();
      EXPECT_TRUE(world.wait_for(10s, [&] { return first->stats().delivered >= 500; }));
      (void)first->close(0ms);
      world.arm({corrupting(kEffects[0], "spool/checkpoint")});
      auto second = world.open();
      world.drain(*second);
      EXPECT_EQ(second->stats().quarantined, 0U);
      world.expect_all_delivered(2);
    });
  }
}

}  // namespace
}  // namespace holdfast
