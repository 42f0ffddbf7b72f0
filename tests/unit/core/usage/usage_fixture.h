// Usage directories on a memory disk, with faults at hand; for the tests of core/usage.
//
//   UsageWorld world;
//   world.run([&] {                                    // on a fiber, where ports may block
//     Store store = world.store();
//     Book book = book_with(1, 10);
//     store.learn(book);
//     EXPECT_TRUE(store.write(book, kWall));
//   });
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/usage/book_json.h"
#include "core/usage/inspect.h"
#include "core/usage/store.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::usage {

using namespace std::chrono_literals;
using faultfs::Operation;

inline const std::string kPrimary = "/mnt/usage";
inline const std::string kSecond = "/mnt/usage-backup";
inline const std::string kThird = "/mnt/usage-emergency";
inline const std::string kFile = kPrimary + "/usage.json";
inline constexpr Bounds kBounds{.keys_per_day = 100, .days = 90};
inline constexpr Day kToday = 20'782;  // 2026-11-25
inline const WallTime kWall{std::chrono::days{kToday} + 14h + 3min + 9s};

inline Sums used(std::uint64_t records) {
  return {.records = records,
          .input_tokens = 812 * records,
          .output_tokens = 64 * records,
          .latency_us = 91'000 * records,
          .cost_nanousd = 160'200 * records};
}
// The life counts on.
inline void count_more(Book& book, std::uint64_t epoch, std::uint64_t records,
                       const Names& names = {"gpt-4o-mini", "openai", "chat"}) {
  Life& life = book.life(epoch, kBounds);
  life.counted.insert(life.counted.size() + 1, life.counted.size() + records);
  life.totals.add(kToday, names, used(records), kBounds);
}
// One life that counted `records` records.
inline Book book_with(std::uint64_t epoch, std::uint64_t records) {
  Book book;
  count_more(book, epoch, records);
  return book;
}

// The file of a life that counted as many records as the book has generations.
inline std::string text_of_generation(std::uint64_t generation) {
  Book book = book_with(1, generation);
  book.generation = generation;
  return book_text(book, kWall);
}
inline Result<bool> replace(Location& location, std::uint64_t generation) {
  return location.replace(as_bytes(text_of_generation(generation)));
}

inline faultfs::Rule failing(Operation operation, int error, std::string path = "**") {
  return {.name = "fails " + path,
          .when = {.operations = {operation}, .path = std::move(path)},
          .effect = {.error = faultfs::ErrorEffect{error}}};
}
inline faultfs::Rule full(std::uint64_t left_bytes) {
  return {.name = "fills", .when = {}, .effect = {.full = faultfs::FullEffect{left_bytes}}};
}

struct UsageWorld {
  UsageWorld() : model({}, 1), world({}, injector, model), env(world.environment()) {}

  void run(std::function<void()> body) { EXPECT_TRUE(world.run(std::move(body))); }
  void arm(std::vector<faultfs::Rule> rules) {
    injector.arm({.rules = std::move(rules)}, world.clock().now());
  }
  void heal() { injector.heal(world.clock().now()); }

  Location location() { return {env.files, env.log, kPrimary}; }
  // A tracker was here, and closed the primary with a file of this generation.
  void leave_file(std::uint64_t generation) {
    Location left = location();
    ASSERT_TRUE(left.read());
    EXPECT_TRUE(replace(left, generation));
    EXPECT_TRUE(left.close());
  }

  Store store() { return {env.files, env.log, {kPrimary, kSecond, kThird}, kBounds}; }
  Store primary_only() { return {env.files, env.log, {kPrimary}, kBounds}; }

  // What a tracker that starts now would learn.
  Book learned() {
    Store fresh = store();
    Book book;
    EXPECT_TRUE(fresh.learn(book));
    fresh.close();
    return book;
  }
  void write(const std::string& path, std::string_view text) {
    auto file = env.files.open(path, {.write = true, .create = true, .truncate = true});
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(write_all(**file, 0, as_bytes(text)));
    EXPECT_TRUE((*file)->close());
  }
  std::string text_of(const std::string& path) {
    const auto bytes = world.disk().visible_bytes(path);
    return bytes ? std::string(as_text(*bytes)) : "";
  }
  bool exists(const std::string& path) { return env.files.stat(path).has_value(); }

  faultfs::Injector injector{1};
  upstream::UpstreamModel model;
  world::VirtualWorld world;
  Environment env;
};

}  // namespace holdfast::usage
