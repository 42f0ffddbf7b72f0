// Which records recovery has come across, so that none is counted twice: a record whose commit
// failed in one segment lies whole in another, and the first may hold a copy that could not be cut
// off.
//
//   if (!seen.insert(epoch, sequence)) ...     // it was found before
//
// Sequences of one epoch are nearly consecutive, so a spool of millions of records takes a few entries,
// and a run of them one look. Pure.
#pragma once

#include <cstdint>
#include <map>

#include "core/base/interval_set.h"

namespace holdfast::spool {

class SeenRecords {
 public:
  // True when none of these `count` consecutive records was there before; false, with nothing
  // changed, when any was.
  bool insert(std::uint64_t epoch, std::uint64_t first, std::uint64_t count = 1) {
    return epochs_[epoch].insert(first, first + count - 1);
  }

 private:
  std::map<std::uint64_t, IntervalSet> epochs_;
};

}  // namespace holdfast::spool
