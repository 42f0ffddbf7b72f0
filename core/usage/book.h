// What a usage file says: totals, and which records they have counted.
//
// Records have the identity that the tracker gave them: the epoch of its life, and a sequence 1, 2, 3, ...
// within it. A life counts its records in that order, so one number says which it has counted.
//
//   book = history (lives that are over, summed up)  +  one entry for each other life
//
//     life   epoch 9f3c..   counted 4711          records 1 to 4711 are in its totals
//                           segments 12, 13       and all those that segments 12 and 13 of the spool
//                                                 hold: counted by a later life, after a crash
//                           closed                it ended in order; nothing of it is left to count
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

#include "core/usage/totals.h"

namespace holdfast::usage {

struct Life {
  std::uint64_t epoch = 0;
  std::uint64_t counted = 0;  // the highest sequence counted
  bool closed = false;
  std::vector<std::uint32_t> segments;
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
  // Nothing of this segment of that life is left to count.
  bool has_counted(std::uint64_t epoch, std::uint32_t segment) const;
  void fold(std::uint64_t epoch, const Bounds& bounds);
  bool is_folded(std::uint64_t epoch) const;

  Totals totals(const Bounds& bounds) const;
  Sums sum() const;
  friend bool operator==(const Book&, const Book&) = default;
};

// False, and nothing done, when the histories did not grow from one another.
[[nodiscard]] bool merge(Book& into, const Book& from, const Bounds& bounds);

}  // namespace holdfast::usage
