#include "core/spool/segment_index.h"

#include <gtest/gtest.h>

namespace holdfast::spool {
namespace {

SegmentInfo segment(std::uint32_t id, std::uint32_t count, bool sealed = true) {
  return {.id = id, .epoch = 1, .path = "p", .bytes = 100, .count = count, .sealed = sealed};
}

TEST(SegmentIndex, ARecordIsSettledOnce) {
  SegmentIndex index;
  index.add(segment(1, 3));
  EXPECT_TRUE(index.settle(1, 2));
  EXPECT_FALSE(index.settle(1, 2));
  EXPECT_TRUE(index.settled(1, 2));
  EXPECT_FALSE(index.settled(1, 0));
  EXPECT_EQ(index.unsettled(), 2U);
}

TEST(SegmentIndex, WhatIsGoneCountsAsSettled) {
  SegmentIndex index;
  EXPECT_FALSE(index.settle(9, 0));
  EXPECT_TRUE(index.settled(9, 0));
}

TEST(SegmentIndex, WhatLiesApartIsNoPartOfTheOrder) {
  SegmentIndex index;
  index.add(segment(kFirstApart, 2));
  EXPECT_FALSE(index.last());
  EXPECT_FALSE(index.first_from(0));
  index.add(segment(7, 2));
  EXPECT_EQ(index.last()->id, 7U);
  EXPECT_FALSE(index.first_from(8));
  EXPECT_EQ(index.find(kFirstApart)->count, 2U);
  EXPECT_EQ(index.unsettled(), 4U) << "but it counts like any other";
}

TEST(SegmentIndex, BytesAreKnownByLocation) {
  SegmentIndex index;
  index.add(segment(1, 1));
  auto second = segment(2, 1, false);
  second.location = 2;
  index.add(second);
  index.grow(2, 1, 250);
  EXPECT_EQ(index.bytes_in(0), 100U);
  EXPECT_EQ(index.bytes_in(1), 0U);
  EXPECT_EQ(index.bytes_in(2), 250U);
  EXPECT_EQ(index.bytes(), 350U);
  index.erase(1);
  EXPECT_EQ(index.bytes_in(0), 0U);
}

TEST(SegmentIndex, ThePrefixStopsAtTheFirstUnsettledRecord) {
  SegmentIndex index;
  index.add(segment(1, 4));
  index.settle(1, 0);
  index.settle(1, 2);
  EXPECT_EQ(index.settled_prefix(1), 1U);
  index.settle(1, 1);
  EXPECT_EQ(index.settled_prefix(1), 3U);
}

TEST(SegmentIndex, OnlySealedAndSettledSegmentsRetire) {
  SegmentIndex index;
  index.add(segment(1, 1));
  index.add(segment(2, 1, false));
  index.add(segment(3, 1));
  index.settle(1, 0);
  index.settle(2, 0);
  ASSERT_EQ(index.retirable().size(), 1U);
  EXPECT_EQ(index.retirable().front().id, 1U);
  index.seal(2);
  EXPECT_EQ(index.retirable().size(), 2U);
}

TEST(SegmentIndex, CountsBytesAndRecordsOfWhatItHolds) {
  SegmentIndex index;
  index.add(segment(1, 2));
  index.add({.id = 2, .epoch = 1, .path = "q"});
  index.grow(2, 3, 500);
  index.grow(2, 1, 700);
  EXPECT_EQ(index.bytes(), 800U);
  EXPECT_EQ(index.unsettled(), 6U);
  index.erase(1);
  EXPECT_EQ(index.bytes(), 700U);
  EXPECT_EQ(index.unsettled(), 4U);
  EXPECT_EQ(index.find(2)->count, 4U);
}

TEST(SegmentIndex, FindsSegmentsInOrderOverGaps) {
  SegmentIndex index;
  EXPECT_FALSE(index.last());
  index.add(segment(4, 1));
  index.add(segment(9, 1));
  EXPECT_EQ(index.first_from(0)->id, 4U);
  EXPECT_EQ(index.first_from(5)->id, 9U);
  EXPECT_FALSE(index.first_from(10));
  EXPECT_EQ(index.last()->id, 9U);
}

}  // namespace
}  // namespace holdfast::spool
