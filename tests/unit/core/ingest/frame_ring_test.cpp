#include "core/ingest/frame_ring.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/base/random.h"

namespace holdfast::ingest {
namespace {

bool put(FrameRing<>& ring, std::string_view text) {
  std::byte* at = ring.prepare(text.size());
  if (at == nullptr) return false;
  std::memcpy(at, text.data(), text.size());
  ring.commit();
  return true;
}

std::vector<std::string> take(FrameRing<>& ring, std::size_t limit = 1000) {
  std::vector<std::string> frames;
  ring.drain(limit, [&](std::span<std::byte> frame) {
    frames.emplace_back(reinterpret_cast<const char*>(frame.data()), frame.size());
  });
  return frames;
}

std::uint64_t numbered(const std::string& frame) { return std::stoull(frame); }

TEST(FrameRing, GivesFramesBackInOrder) {
  FrameRing<> ring(4096);
  EXPECT_TRUE(put(ring, "one"));
  EXPECT_TRUE(put(ring, "two, longer than eight bytes"));
  EXPECT_EQ(take(ring), (std::vector<std::string>{"one", "two, longer than eight bytes"}));
  EXPECT_TRUE(ring.empty());
}

TEST(FrameRing, RefusesWhenFullAndAcceptsAgainAfterADrain) {
  FrameRing<> ring(4096);
  std::size_t accepted = 0;
  while (put(ring, std::string(100, 'x'))) ++accepted;
  EXPECT_EQ(accepted, 4096U / (8 + 104));
  EXPECT_EQ(take(ring, 1).size(), 1U);
  EXPECT_TRUE(put(ring, std::string(56, 'y')));
}

TEST(FrameRing, NothingIsVisibleBeforeCommit) {
  FrameRing<> ring(4096);
  std::memset(ring.prepare(8), 'x', 8);
  EXPECT_TRUE(take(ring).empty());
  ring.commit();
  EXPECT_EQ(take(ring).size(), 1U);
}

TEST(FrameRing, SurvivesEveryWayOfWrappingAround) {
  FrameRing<> ring(4096);
  RandomStream random(5);
  std::uint64_t next_in = 0, next_out = 0;
  for (int round = 0; round < 20'000; ++round) {
    const std::string frame = std::to_string(next_in) + std::string(random.below(120), 'z');
    if (put(ring, frame)) ++next_in;
    const std::size_t limit = random.below(3) == 0 ? random.below(40) : 0;
    for (const auto& got : take(ring, limit)) {
      EXPECT_EQ(numbered(got), next_out++);
    }
  }
  for (const auto& got : take(ring, 100'000)) {
    EXPECT_EQ(numbered(got), next_out++);
  }
  EXPECT_EQ(next_in, next_out);
}

TEST(FrameRing, OneProducerAndOneConsumerLoseNothing) {
  FrameRing<> ring(16384);
  constexpr std::uint64_t kFrames = 300'000;
  std::thread producer([&] {
    for (std::uint64_t i = 0; i < kFrames;) {
      std::byte* at = ring.prepare(8 + i % 90);
      if (at == nullptr) {
        std::this_thread::yield();
        continue;
      }
      std::memcpy(at, &i, 8);
      ring.commit();
      ++i;
    }
  });
  std::uint64_t expected = 0;
  while (expected < kFrames) {
    const auto drained = ring.drain(500, [&](std::span<std::byte> frame) {
      std::uint64_t value;
      std::memcpy(&value, frame.data(), 8);
      ASSERT_EQ(value, expected);
      ASSERT_EQ(frame.size(), 8 + expected % 90);
      ++expected;
    });
    if (drained == 0) std::this_thread::yield();
  }
  producer.join();
}

}  // namespace
}  // namespace holdfast::ingest
