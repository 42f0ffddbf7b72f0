#include "core/usage/book.h"

#include "core/base/random.h"
#include "tests/unit/core/usage/usage_fixture.h"

namespace holdfast::usage {
namespace {

Book merged(Book into, const Book& from) {
  EXPECT_TRUE(merge(into, from, kBounds));
  return into;
}

TEST(Book, OfTwoCopiesTheLongerCountOfEachLifeIsTaken) {
  Book first = book_with(1, 10), second = book_with(1, 25);
  second.life(2, kBounds) = book_with(2, 4).lives.front();
  EXPECT_EQ(merged(first, second).sum().records, 29U);
  EXPECT_EQ(merged(second, first).sum().records, 29U);
  EXPECT_EQ(merged(second, second), second) << "a copy adds nothing";
}

TEST(Book, WhatALaterLifeCountedOfAKilledOneIsMore) {
  Book before = book_with(1, 10);
  Book after = before;
  after.lives.front().counted.insert(15, 17);
  after.lives.front().totals.add(kToday, {"m", "p", "o"}, used(3), kBounds);
  EXPECT_EQ(merged(before, after).sum().records, 13U);
  EXPECT_EQ(merged(after, before).sum().records, 13U);
}

TEST(Book, AFoldedLifeIsCountedOnceWhateverCopiesOfItTurnUp) {
  Book book = book_with(1, 10);
  const Book old_copy = book_with(1, 7);
  book.fold(1, kBounds);
  EXPECT_TRUE(book.lives.empty());
  EXPECT_TRUE(book.is_over(1));
  EXPECT_EQ(merged(book, old_copy).sum().records, 10U);
  EXPECT_EQ(merged(old_copy, book).sum().records, 10U);
  EXPECT_TRUE(merged(old_copy, book).lives.empty());
}

TEST(Book, OfTwoHistoriesThatGrewFromOneAnotherTheLongerIsTaken) {
  Book book = book_with(1, 10);
  book.fold(1, kBounds);
  const Book shorter = book;
  book.life(2, kBounds) = book_with(2, 5).lives.front();
  book.fold(2, kBounds);
  EXPECT_EQ(merged(book, shorter).sum().records, 15U);
  EXPECT_EQ(merged(shorter, book).sum().records, 15U);
}

TEST(Book, HistoriesThatDidNotGrowFromOneAnotherAreNotMerged) {
  Book mine = book_with(1, 10), theirs = book_with(2, 20);
  mine.fold(1, kBounds);
  theirs.fold(2, kBounds);
  const Book before = mine;
  EXPECT_FALSE(merge(mine, theirs, kBounds));
  EXPECT_EQ(mine, before);
}

TEST(Book, SaysWhatIsLeftToCount) {
  Book book = book_with(1, 10);
  EXPECT_FALSE(book.is_over(1));
  EXPECT_FALSE(book.is_over(2)) << "a life it never heard of";
  book.lives.front().closed = true;
  EXPECT_TRUE(book.is_over(1));
}

TEST(Book, KeepsABoundedNumberOfLivesAndEpochsAndLosesNoRecord) {
  Book book;
  for (std::uint64_t epoch = 1; epoch <= 3000; ++epoch)
    book.life(epoch, kBounds).totals.add(1, {}, used(1), kBounds);
  EXPECT_EQ(book.lives.size(), Book::kMaxLives);
  EXPECT_EQ(book.folded.size(), Book::kMaxFolded);
  EXPECT_EQ(book.folds, 3000 - Book::kMaxLives);
  EXPECT_EQ(book.sum().records, 3000U);
}

// Copies left by any history of flushes, merged in any order and any number of times, are the last one.
TEST(Book, MergingCopiesInAnyOrderGivesTheLastState) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    RandomStream random(seed);
    Book book;
    std::vector<Book> copies;
    for (std::uint64_t epoch = 1; epoch <= 8; ++epoch) {
      const std::uint64_t flushes = random.below(5);
      for (std::uint64_t flush = 0; flush < flushes; ++flush) {
        const std::uint64_t more = 1 + random.below(9);
        count_more(book, epoch, more, {"m" + std::to_string(random.below(3)), "p", "o"});
        ++book.generation;
        copies.push_back(book);
      }
      if (random.below(2) == 0) book.fold(epoch, kBounds);
      copies.push_back(book);
    }
    Book result;
    std::vector<std::size_t> order;
    for (int i = 0; i < 60; ++i) order.push_back(random.below(copies.size()));
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(random.below(order.size())), copies.size() - 1);
    for (const std::size_t at : order) ASSERT_TRUE(merge(result, copies[at], kBounds));
    EXPECT_EQ(result.sum(), book.sum()) << "seed " << seed;
    EXPECT_EQ(result.totals(kBounds), book.totals(kBounds)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace holdfast::usage
