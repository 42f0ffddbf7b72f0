#include "core/ingest/producer.h"

#include <gtest/gtest.h>

#include <string>

#include "core/ingest/ring_registry.h"

namespace holdfast::ingest {
namespace {

UsageRecord sample(std::uint64_t reference) {
  return {.input_tokens = 812,
          .output_tokens = 64,
          .latency_us = 91'000,
          .cost_nanousd = 160'200,
          .reference = reference,
          .model = "gpt-4o-mini",
          .provider = "openai",
          .operation = "chat"};
}

TEST(Producer, RecordArrivesWithEveryField) {
  RingRegistry registry(4096);
  Producer producer(registry.add());
  EXPECT_EQ(producer.record(sample(7)), Outcome::accepted);
  std::size_t seen = registry.drain(10, [](std::span<std::byte> frame) {
    const auto record = read_frame(frame);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->input_tokens, 812U);
    EXPECT_EQ(record->output_tokens, 64U);
    EXPECT_EQ(record->latency_us, 91'000U);
    EXPECT_EQ(record->cost_nanousd, 160'200U);
    EXPECT_EQ(record->reference, 7U);
    EXPECT_EQ(record->model, "gpt-4o-mini");
    EXPECT_EQ(record->provider, "openai");
    EXPECT_EQ(record->operation, "chat");
  });
  EXPECT_EQ(seen, 1U);
}

TEST(Producer, EveryRefusalIsCountedUnderItsReason) {
  RingRegistry registry(4096);
  Producer producer(registry.add());
  const std::string long_name(kMaxTextBytes + 1, 'm');
  EXPECT_EQ(producer.record({.model = long_name}), Outcome::rejected_too_large);
  while (producer.record(sample(1)) == Outcome::accepted) {
  }
  registry.close();
  EXPECT_EQ(producer.record(sample(2)), Outcome::rejected_closed);
  const auto counts = registry.counts();
  EXPECT_EQ(counts.rejected_too_large, 1U);
  EXPECT_EQ(counts.rejected_ring_full, 1U);
  EXPECT_EQ(counts.rejected_closed, 1U);
  EXPECT_GT(counts.accepted, 0U);
}

TEST(Producer, LongestTextFits) {
  RingRegistry registry(4096);
  Producer producer(registry.add());
  const std::string name(kMaxTextBytes, 'm');
  EXPECT_EQ(producer.record({.model = name}), Outcome::accepted);
  registry.drain(1, [&](std::span<std::byte> frame) { EXPECT_EQ(read_frame(frame)->model, name); });
}

TEST(RecordFrame, DamageIsNotARecord) {
  std::vector<std::byte> frame(frame_size(sample(1)));
  write_frame(sample(1), frame.data());
  EXPECT_TRUE(read_frame(frame));
  for (std::size_t size = 0; size < frame.size(); ++size) EXPECT_FALSE(read_frame(Bytes(frame).first(size)));
  frame[36] = std::byte{200};
  EXPECT_FALSE(read_frame(frame));
}

TEST(RingRegistry, CountsOutliveTheirProducer) {
  RingRegistry registry(4096);
  {
    Producer producer(registry.add());
    producer.record(sample(1));
  }
  EXPECT_EQ(registry.drain(10, [](std::span<std::byte>) {}), 1U);
  EXPECT_EQ(registry.drain(10, [](std::span<std::byte>) {}), 0U);  // the slot is dropped here
  EXPECT_EQ(registry.counts().accepted, 1U);
}

// What one producer has accepted since does not stand in for what another had before.
TEST(RingRegistry, AMarkIsReachedWhenEveryProducersShareIsCollected) {
  RingRegistry registry(4096);
  Producer one(registry.add()), other(registry.add());
  one.record(sample(1));
  other.record(sample(2));
  const auto mark = registry.mark();
  for (int i = 0; i < 5; ++i) one.record(sample(3));
  EXPECT_FALSE(RingRegistry::collected(mark));
  EXPECT_EQ(registry.drain(6, [](std::span<std::byte>) {}), 6U);
  registry.note_collected();
  EXPECT_FALSE(RingRegistry::collected(mark)) << "six are more than two, but not these two";
  EXPECT_EQ(registry.drain(6, [](std::span<std::byte>) {}), 1U);
  EXPECT_FALSE(RingRegistry::collected(mark)) << "not before its books say so";
  registry.note_collected();
  EXPECT_TRUE(RingRegistry::collected(mark));
  EXPECT_TRUE(RingRegistry::collected(RingRegistry(4096).mark()));
}

TEST(RingRegistry, BusyRingDoesNotStarveItsNeighbour) {
  RingRegistry registry(1 << 16);
  Producer busy(registry.add()), quiet(registry.add());
  for (int i = 0; i < 300; ++i) busy.record(sample(1));
  quiet.record(sample(2));
  bool seen = false;
  for (int round = 0; round < 3; ++round)
    registry.drain(100, [&](std::span<std::byte> frame) { seen |= frame_reference(frame) == 2; });
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace holdfast::ingest
