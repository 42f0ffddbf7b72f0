// A tracker world that keeps a usage file in which every record has a row of its own (its model is its
// reference), so that what is counted twice or not at all has a name.
#pragma once

#include <map>
#include <string>

#include "core/usage/book_json.h"
#include "core/usage/store.h"
#include "tests/simulation/mortal_file_system.h"
#include "tests/simulation/tracker_fixture.h"

namespace holdfast {

struct UsageTrackerWorld : TrackerWorld {
  static inline const std::string kUsage = "/mnt/usage";
  static inline const std::string kUsageFile = kUsage + "/usage.json";
  static constexpr usage::Bounds kBounds{.keys_per_day = 5000, .days = 90};

  UsageTrackerWorld() {
    options.usage.directory = kUsage;
    options.usage.backup_directory = "/mnt/usage-backup";
    options.usage.emergency_directory = "/mnt/usage-emergency";
    options.usage.flush_interval = 1s;
    options.usage.max_keys = kBounds.keys_per_day;
  }

  std::unique_ptr<Tracker> open() { return open_in(on(env.files)); }

  std::size_t offer_named(Producer& producer, std::size_t count) {
    std::size_t accepted = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::string name = std::to_string(next_reference);
      UsageRecord record = usage(next_reference++);
      record.model = name;
      if (producer.record(record) == Outcome::accepted) ++accepted;
    }
    world::VirtualWorld::ring_filled(env);
    return accepted;
  }
  std::size_t offer_named(Tracker& tracker, std::size_t count) {
    auto producer = tracker.make_producer();
    return offer_named(producer, count);
  }

  // Reads all locations as a start would; the book they make together.
  usage::Book book() {
    usage::Store store(
        env.files, env.log,
        {options.usage.directory, options.usage.backup_directory, options.usage.emergency_directory},
        kBounds);
    usage::Book learned;
    EXPECT_TRUE(store.learn(learned));
    store.close();
    return learned;
  }
  // How often each record is counted, by reference.
  std::map<std::uint64_t, std::uint64_t> counted() {
    std::map<std::uint64_t, std::uint64_t> times;
    const auto totals = book().totals(kBounds);
    for (const auto& [day, rows] : totals.days())
      for (const auto& [names, sums] : rows) times[std::stoull(names.model)] += sums.records;
    return times;
  }
  void expect_none_twice(const std::map<std::uint64_t, std::uint64_t>& times) {
    for (const auto& [reference, count] : times) EXPECT_EQ(count, 1U) << "record " << reference;
  }
  void expect_every_durable_one(const std::map<std::uint64_t, std::uint64_t>& times) {
    for (const std::uint64_t reference : witness.durable)
      EXPECT_TRUE(times.contains(reference)) << "record " << reference << " was durable";
  }
  // Each record offered so far is counted once.
  void expect_all_counted() {
    const auto times = counted();
    EXPECT_EQ(times.size(), next_reference - 1);
    expect_none_twice(times);
  }

  // For one life of the program, with random numbers of its own: an epoch must not come twice, even if
  // the life before was killed when it had no segment yet.
  Environment on(FileSystem& files) {
    return {env.clock, env.scheduler, files, env.transport, Random(++lives), env.log};
  }

  std::uint64_t lives = 0;
};

}  // namespace holdfast
