// How many records only memory has: taken in, and neither in the spool nor settled. They are told
// apart by generations, so that a flush() can wait for those that came before it while others keep
// coming.
//
//   held.add(records);                                // the intake; they carry held.generation()
//   const auto mine = held.next_generation();         // flush(): what is taken in from now on is later
//   if (held.none_before(mine)) ...                   // all that was there is safe
//
// There are never more generations than records. Safe from any task; pure but for its lock.
#pragma once

#include <cstdint>
#include <map>
#include <span>

#include "core/base/mutex.h"
#include "core/delivery/held_record.h"

namespace holdfast::pipeline {

class HeldCount {
 public:
  // The one that records taken in now belong to.
  std::uint32_t generation() const;
  // Begins a new one and returns its number.
  std::uint32_t next_generation();

  void add(std::span<const delivery::HeldRecord> records);
  void remove(std::span<const delivery::HeldRecord> records);

  std::uint64_t total() const;
  bool none_before(std::uint32_t generation) const;

 private:
  mutable base::Mutex mutex_;
  std::map<std::uint32_t, std::uint64_t> counts_;  // by generation; none is 0
  std::uint64_t total_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace holdfast::pipeline
