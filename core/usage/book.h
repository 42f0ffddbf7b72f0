// What a usage file says: totals, and which records they have counted.
//
// Records have the identity that the tracker gave them: the epoch of its life, and a sequence 1, 2, 3, ...
// within it. Which of them its totals have is kept as intervals: one for what the life counted itself, in
// order, and some for what a later life found in the spool after a crash.
//
//   book = history (lives that are over, summed up)  +  one entry for each other life
//
//     life   epoch 9f3c..   counted 1-4711, 4720-4800    the records that are in its totals; no other copy
//                                                        of them counts, wherever and whenever it is found
//                           closed                       it ended in order; nothing of it is left to count
//
//   merge(book, other)      for each life the longer count: nothing is counted twice, whatever copies
//                           of the file a crash or a failed disk has left
//   book.fold(epoch)        a life that is over becomes history; only its epoch is remembered
//
// Folding needs to know every copy: then no copy knows more of that life. So histories grow from one
// another, and of two the longer contains the shorter. Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/interval_set.h"
#include "core/usage/totals.h"

namespace holdfast::usage {

struct Life {
  // Beyond it the narrowest gaps are closed: what would be found in them later is not counted.
  static constexpr std::size_t kMaxIntervals = 1024;

  std::uint64_t epoch = 0;
  IntervalSet counted;  // sequences
  bool closed = false;
  Totals totals;
  friend bool operator==(const Life&, const Life&) = default;
};

struct Book {
  static constexpr std::size_t kMaxLives =
      64;  // beyond it one is folded whatever is known, a closed one first
  static constexpr std::size_t kMaxFolded = 1024;  // epochs remembered

  std::uint64_t generation = 0;  // rises with each write of the file
  Totals history;
  std::uint64_t folds = 0;            // lives in `history`
  std::vector<std::uint64_t> folded;  // their epochs, the latest kMaxFolded
  std::vector<Life> lives;            // in order of appearance

  // Made when it is not there.
  Life& life(std::uint64_t epoch, const Bounds& bounds);
  const Life* find(std::uint64_t epoch) const;
  // Nothing of that life is left to count.
  bool is_over(std::uint64_t epoch) const;
  void fold(std::uint64_t epoch, const Bounds& bounds);
  bool is_folded(std::uint64_t epoch) const;

  Totals totals(const Bounds& bounds) const;
  Sums sum() const;
  friend bool operator==(const Book&, const Book&) = default;
};

// False, and nothing done, when the histories did not grow from one another.
[[nodiscard]] bool merge(Book& into, const Book& from, const Bounds& bounds);

}  // namespace holdfast::usage
