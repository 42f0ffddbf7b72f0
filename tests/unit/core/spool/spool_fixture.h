// A spool directory on a memory disk, with faults at hand; for the tests of core/spool.
//
//   SpoolWorld world;
//   world.run([&] {                                   // on a fiber, where ports may block
//     auto spool = world.open();
//     spool->commit(Frames(10).span());
//   });
#pragma once

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/spool/spool.h"
#include "simulator/world/virtual/virtual_world.h"

namespace holdfast::spool {

using namespace std::chrono_literals;
using faultfs::Operation;

inline const std::string kDirectory = "/mnt/spool";

inline std::string path_of(std::uint32_t id) { return kDirectory + "/" + segment_name(id); }
inline std::string in_mount(const std::string& path) { return path.substr(std::string("/mnt/").size()); }

// Where a frame of a segment begins, when all have that payload.
inline std::uint64_t at_frame(std::uint64_t ordinal, std::size_t payload = 40) {
  return kSegmentHeaderBytes + ordinal * framed_bytes(payload);
}

inline std::string text_of(std::uint64_t sequence, std::size_t size) {
  std::string text = "record " + std::to_string(sequence);
  text.resize(size, '.');
  return text;
}

// Frames with rising sequences and payloads that name them.
class Frames {
 public:
  explicit Frames(std::size_t count, std::uint64_t first_sequence = 1, std::size_t payload = 40) {
    for (std::size_t i = 0; i < count; ++i) texts_.push_back(text_of(first_sequence + i, payload));
    for (std::size_t i = 0; i < count; ++i) frames_.push_back({first_sequence + i, as_bytes(texts_[i])});
  }
  std::span<const PendingFrame> span() const { return frames_; }
  std::span<const PendingFrame> first(std::size_t count) const { return span().first(count); }

 private:
  std::vector<std::string> texts_;
  std::vector<PendingFrame> frames_;
};

inline faultfs::Rule failing(Operation operation, int error, std::string path = "**") {
  return {.name = "fails " + path,
          .when = {.operations = {operation}, .path = std::move(path)},
          .effect = {.error = faultfs::ErrorEffect{error}}};
}
inline faultfs::Rule full(std::uint64_t left_bytes) {
  return {.name = "fills", .when = {}, .effect = {.full = faultfs::FullEffect{left_bytes}}};
}

struct SpoolWorld {
  SpoolWorld() : model({}, 1), world({}, injector, model), env(world.environment()) {}

  // Runs the body on a fiber, with the spool's directory in place, to its end.
  void run(std::function<void()> body) {
    EXPECT_TRUE(world.run([&] {
      ASSERT_TRUE(make_directories(env.files, kDirectory));
      body();
    }));
  }

  void arm(std::vector<faultfs::Rule> rules) {
    injector.arm({.rules = std::move(rules)}, world.clock().now());
  }
  void heal() { injector.heal(world.clock().now()); }

  Result<std::unique_ptr<Spool>> try_open(SpoolSettings settings = {}) {
    if (settings.directories.empty()) settings.directories = {kDirectory};
    if (settings.max_bytes == 0) settings.max_bytes = 1 << 20;
    if (settings.segment_bytes == 0) settings.segment_bytes = 64 * 1024;
    return Spool::open(env.clock, env.files, Random(++lives).stream("spool.epoch"), env.log, settings);
  }
  std::unique_ptr<Spool> open(SpoolSettings settings = {}) {
    auto spool = try_open(std::move(settings));
    EXPECT_TRUE(spool) << (spool ? "" : spool.error().message);
    return std::move(*spool);
  }
  // Heals every fault and lets the spool find out.
  Tended heal_and_tend(Spool& spool) {
    heal();
    env.scheduler.sleep_until(env.clock.now() + 1min);
    Tended tended = spool.tend();
    for (int i = 0; i < 4; ++i) {  // one location at a time
      Tended more = spool.tend();
      tended.restored |= more.restored;
      tended.damaged += more.damaged;
      tended.found.insert(tended.found.end(), more.found.begin(), more.found.end());
    }
    return tended;
  }
  // The tracker died: no close(), its locks are gone.
  void kill(std::unique_ptr<Spool> spool) { spool.reset(); }

  void write(const std::string& path, std::uint64_t offset, Bytes bytes) {
    auto file = env.files.open(path, {.write = true, .create = true});
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(write_all(**file, offset, bytes));
    EXPECT_TRUE((*file)->close());
  }
  void flip(const std::string& path, std::uint64_t offset) {
    auto byte = world.disk().visible_bytes(path)->at(offset);
    byte ^= std::byte{0x40};
    write(path, offset, Bytes(&byte, 1));
  }
  void cut(const std::string& path, std::uint64_t size) {
    auto file = env.files.open(path, OpenMode::updating());
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE((*file)->truncate(size));
    EXPECT_TRUE((*file)->close());
  }
  bool exists(const std::string& path) { return env.files.stat(path).has_value(); }
  std::uint64_t size_of(const std::string& path) {
    return world.disk().visible_bytes(path).value_or(ByteBuffer{}).size();
  }
  // Bytes of all segments, as a person would count them.
  std::uint64_t segment_bytes() {
    std::uint64_t sum = 0;
    const auto names = env.files.list(kDirectory).value();
    for (const auto& name : names)
      if (segment_id_of(name)) sum += size_of(kDirectory + "/" + name);
    return sum;
  }

  faultfs::Injector injector{1};
  upstream::UpstreamModel model;
  world::VirtualWorld world;
  Environment env;
  std::uint64_t lives = 0;
};

// What a reader of the whole spool was given.
struct Read {
  std::vector<std::uint64_t> sequences;
  std::vector<SpooledFrame> places;  // without their payloads
  std::uint64_t damaged = 0;
  std::optional<Error> error;
};
inline Read read_all(Spool& spool, Cursor cursor = {}, std::size_t limit = 1'000'000) {
  Read read;
  auto taken = spool.read(
      cursor, limit,
      [&](const SpooledFrame& frame) {
        EXPECT_EQ(as_text(frame.payload), text_of(frame.sequence, frame.payload.size()));
        read.sequences.push_back(frame.sequence);
        read.places.push_back(frame);
        read.places.back().payload = {};
      },
      read.damaged);
  if (!taken) read.error = taken.error();
  return read;
}

inline std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> result;
  for (std::uint64_t i = first; i <= last; ++i) result.push_back(i);
  return result;
}

}  // namespace holdfast::spool
