#include "simulator/oracle/attempts.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace holdfast::oracle {
namespace {

using namespace std::chrono_literals;

std::vector<RequestElement> records(std::initializer_list<std::uint64_t> references) {
  std::vector<RequestElement> elements;
  for (const auto reference : references) elements.push_back({{1, reference}, reference});
  return elements;
}

TEST(Attempts, CountsEveryRequestAndEachRecordOnce) {
  Attempts attempts(2s, 100);
  attempts.note(0s, records({1, 2}));
  attempts.note(50ms, records({2, 3}));
  attempts.note(30s, records({1}));
  EXPECT_EQ(attempts.total().requests, 3U);
  EXPECT_EQ(attempts.total().records, 5U);
  EXPECT_EQ(attempts.total().distinct, 3U);
}

TEST(Attempts, AWindowKnowsWhatItHasSeenAndForgetsWhatLiesBefore) {
  Attempts attempts(2s, 100);  // bins of 100 ms
  attempts.note(0s, records({1, 2}));
  attempts.note(100ms, records({1}));
  attempts.note(1900ms, records({1, 2}));
  const auto whole = attempts.sum({.first = 0, .count = 20});
  EXPECT_EQ(whole.records, 5U);
  EXPECT_EQ(whole.distinct, 2U);
  EXPECT_EQ(attempts.sum({.first = 1, .count = 20}).distinct, 2U) << "2 was sent before this window";
  EXPECT_EQ(attempts.sum({.first = 1, .count = 1}).distinct, 1U);
  EXPECT_EQ(attempts.sum({.first = 500, .count = 20}).records, 0U);
}

TEST(Attempts, AgreesWithASetForEverySpan) {
  std::mt19937_64 random(5);
  Attempts attempts(2s, 50);
  std::vector<std::pair<std::size_t, std::uint64_t>> all;
  for (int i = 0; i < 3000; ++i) {
    const auto bin = static_cast<std::size_t>(i / 50);
    const std::uint64_t reference = random() % 50;
    all.emplace_back(bin, reference);
    attempts.note(bin * 100ms + 1ms, records({reference}));
  }
  for (std::size_t first = 0; first < 60; ++first) {
    for (const std::size_t count : {1, 2, 7, 20}) {
      std::set<std::uint64_t> distinct;
      std::uint64_t sent = 0;
      for (const auto& [bin, reference] : all)
        if (bin >= first && bin < first + count) distinct.insert(reference), ++sent;
      const auto sum = attempts.sum({first, count});
      ASSERT_EQ(sum.records, sent);
      ASSERT_EQ(sum.distinct, distinct.size());
    }
  }
}

TEST(Attempts, StrangersAreRequestsButNobodysRecords) {
  Attempts attempts(2s, 10);
  attempts.note(0s, records({10, 9, UINT64_MAX}));
  EXPECT_EQ(attempts.total().requests, 1U);
  EXPECT_EQ(attempts.total().records, 1U);
}

TEST(Attempts, WhatComesBeforeTheStartOrAfterTheLastBinIsCountedAtTheEdge) {
  Attempts attempts(2s, 10);
  attempts.note(-1s, records({1}));
  attempts.note(Duration::max(), records({2}));
  EXPECT_EQ(attempts.sum({.first = 0, .count = 1}).records, 1U);
  EXPECT_EQ(attempts.sum({.first = Attempts::kMostBins - 1, .count = 1}).records, 1U);
}

TEST(Attempts, WindowsSlideByABinAndAShortSpanIsOneByItself) {
  Attempts attempts(10s, 10);
  EXPECT_EQ(attempts.bin(), 500ms);
  const auto span = attempts.span_of(5s, 17s);
  EXPECT_EQ(span.first, 10U);
  EXPECT_EQ(span.count, 24U);
  const auto windows = attempts.windows_in(span);
  ASSERT_EQ(windows.size(), 5U);
  EXPECT_EQ(windows.back().first, 14U);
  EXPECT_EQ(windows.back().count, 20U);
  EXPECT_EQ(attempts.span_of(5s, 5s + 1ns).count, 1U);
  EXPECT_EQ(attempts.span_of(5s, 5s).count, 0U);
  EXPECT_EQ(attempts.windows_in(attempts.span_of(5s, 8s)).size(), 1U);
}

}  // namespace
}  // namespace holdfast::oracle
