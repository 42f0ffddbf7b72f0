// Which records recovery has come across, so that none is counted twice: a record whose commit
// failed in one segment lies whole in another, and the first may hold a copy that could not be cut
// off.
//
//   if (!seen.insert(epoch, sequence)) ...     // it was found before
//
// Sequences of one epoch are kept as intervals: they are nearly consecutive, so a spool of millions
// of records takes a few entries. Pure.
#pragma once

#include <cstdint>
#include <map>

namespace holdfast::spool {

class SeenRecords {
 public:
  // True the first time.
  bool insert(std::uint64_t epoch, std::uint64_t sequence);

 private:
  using Intervals = std::map<std::uint64_t, std::uint64_t>;  // first -> last

  static bool insert_into(Intervals& intervals, std::uint64_t sequence);

  std::map<std::uint64_t, Intervals> epochs_;
  // Where the last one went: the next one mostly belongs behind it.
  std::uint64_t epoch_ = 0;
  Intervals* last_ = nullptr;
};

}  // namespace holdfast::spool
