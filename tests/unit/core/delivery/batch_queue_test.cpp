#include "core/delivery/batch_queue.h"

#include <gtest/gtest.h>

namespace holdfast::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow{1s};

HeldRecord record(std::uint64_t sequence, std::uint32_t segment = 1) {
  HeldRecord held;
  held.key = {.epoch = 1, .sequence = sequence};
  held.segment = segment;
  return held;
}
std::vector<HeldRecord> records(std::uint64_t first, std::uint64_t last, std::uint32_t segment = 1) {
  std::vector<HeldRecord> all;
  for (std::uint64_t i = first; i <= last; ++i) all.push_back(record(i, segment));
  return all;
}
std::vector<std::uint64_t> sequences(const std::vector<HeldRecord>& held) {
  std::vector<std::uint64_t> all;
  for (const auto& one : held) all.push_back(one.key.sequence);
  return all;
}
using Numbers = std::vector<std::uint64_t>;

BatchQueue make_queue() { return BatchQueue({.batch_records = 3, .queue_records = 10, .linger = 20ms}); }

TEST(BatchQueue, CutsFullBatchesInOrderAtOnce) {
  auto queue = make_queue();
  queue.push(records(1, 7), kNow);
  EXPECT_EQ(queue.ready_at(kNow), kNow);
  EXPECT_EQ(sequences(queue.take(kNow)->records), (Numbers{1, 2, 3}));
  EXPECT_EQ(sequences(queue.take(kNow)->records), (Numbers{4, 5, 6}));
  EXPECT_FALSE(queue.take(kNow)) << "the seventh waits for more";
}

TEST(BatchQueue, APartFilledBatchWaitsNoLongerThanItsLinger) {
  auto queue = make_queue();
  queue.push(records(1, 1), kNow);
  queue.push(records(2, 2), kNow + 15ms);
  EXPECT_EQ(queue.ready_at(kNow), kNow + 20ms);
  EXPECT_FALSE(queue.take(kNow + 19ms));
  EXPECT_EQ(sequences(queue.take(kNow + 20ms)->records), (Numbers{1, 2}));
}

TEST(BatchQueue, WhileDrainingNothingLingers) {
  auto queue = make_queue();
  queue.push(records(1, 1), kNow);
  queue.set_draining(true);
  EXPECT_EQ(queue.ready_at(kNow), kNow);
  EXPECT_TRUE(queue.take(kNow));
}

TEST(BatchQueue, AnEmptyQueueIsNeverReady) {
  auto queue = make_queue();
  EXPECT_EQ(queue.ready_at(kNow), kNever);
  EXPECT_FALSE(queue.take(kNow));
  queue.push({}, kNow);
  EXPECT_EQ(queue.ready_at(kNow), kNever);
}

TEST(BatchQueue, ABatchThatComesBackKeepsItsNameAndWaitsForItsTime) {
  auto queue = make_queue();
  queue.push(records(1, 3), kNow);
  auto batch = *queue.take(kNow);
  const auto id = batch.id;
  ++batch.attempt;
  queue.give_back(std::move(batch), kNow + 1s);
  EXPECT_EQ(queue.ready_at(kNow), kNow + 1s);
  EXPECT_FALSE(queue.take(kNow + 999ms));
  const auto again = queue.take(kNow + 1s);
  EXPECT_EQ(again->id, id);
  EXPECT_EQ(again->attempt, 1U);
  EXPECT_EQ(sequences(again->records), (Numbers{1, 2, 3}));
}

TEST(BatchQueue, WhatIsDueComesFirstInOrderOfTimeAndHoldsUpNothingFresh) {
  auto queue = make_queue();
  queue.give_back(queue.new_batch(records(10, 10)), kNow + 2ms);
  queue.give_back(queue.new_batch(records(11, 11)), kNow + 1ms);
  queue.give_back(queue.new_batch(records(12, 12)), kNow + 1h);
  queue.push(records(1, 3), kNow);
  EXPECT_EQ(sequences(queue.take(kNow)->records), (Numbers{1, 2, 3}));
  EXPECT_EQ(sequences(queue.take(kNow + 2ms)->records), (Numbers{11}));
  EXPECT_EQ(sequences(queue.take(kNow + 2ms)->records), (Numbers{10}));
  EXPECT_FALSE(queue.take(kNow + 2ms));
}

TEST(BatchQueue, EveryBatchHasANameOfItsOwn) {
  auto queue = make_queue();
  queue.push(records(1, 6), kNow);
  const auto first = queue.take(kNow)->id;
  const auto split = queue.new_batch({}).id;
  const auto second = queue.take(kNow)->id;
  EXPECT_NE(first, split);
  EXPECT_NE(split, second);
  EXPECT_NE(first, second);
}

TEST(BatchQueue, RoomIsWhatIsLeftOfTheBoundAndNeverWraps) {
  auto queue = make_queue();
  EXPECT_EQ(queue.room(), 10U);
  queue.push(records(1, 4), kNow);
  EXPECT_EQ(queue.room(), 6U);
  auto batch = *queue.take(kNow);
  EXPECT_EQ(queue.room(), 9U) << "what a shipper has is not in the queue";
  queue.give_back(std::move(batch), kNow);
  EXPECT_EQ(queue.room(), 6U);
  queue.push(records(5, 20), kNow);
  EXPECT_EQ(queue.room(), 0U);
  EXPECT_EQ(queue.size(), 20U);
}

TEST(BatchQueue, RecordsOnlyInMemoryAreTakenOutOldestFirst) {
  auto queue = make_queue();
  queue.push(records(1, 2, 0), kNow);
  queue.push(records(3, 3), kNow);
  auto batch = *queue.take(kNow);
  queue.give_back(std::move(batch), kNow + 1s);
  queue.push(records(4, 4), kNow);
  queue.push(records(5, 6, 0), kNow);
  EXPECT_EQ(queue.unspooled(), 4U);
  EXPECT_EQ(sequences(queue.take_unspooled(3)), (Numbers{1, 2, 5}));
  EXPECT_EQ(queue.unspooled(), 1U);
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(sequences(queue.take_unspooled(100)), (Numbers{6}));
  EXPECT_EQ(sequences(queue.take_all()), (Numbers{4, 3})) << "the others stay";
}

TEST(BatchQueue, ABatchOfWhichNothingIsLeftIsNotSent) {
  auto queue = make_queue();
  queue.give_back(queue.new_batch(records(1, 2, 0)), kNow);
  EXPECT_EQ(queue.take_unspooled(10).size(), 2U);
  EXPECT_FALSE(queue.take(kNow + 1h));
  EXPECT_EQ(queue.ready_at(kNow), kNever);
}

TEST(BatchQueue, TakesEverythingAtTheEndWhateverItsTime) {
  auto queue = make_queue();
  queue.push(records(1, 2, 0), kNow);
  queue.give_back(queue.new_batch(records(3, 4)), kNever);
  EXPECT_EQ(queue.take_all().size(), 4U);
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.unspooled(), 0U);
  EXPECT_FALSE(queue.take(kNever));
}

}  // namespace
}  // namespace holdfast::delivery
