// Finds the first event in which two plays of one scenario differ.
//
//   CallHashes calls;
//   play(scenario, seed, &calls);
//   calls.compare_next();
//   play(scenario, seed, &calls);
//   calls.difference()       // "event 1204 differs: 4.201350000 1 shipper-2 send batch 7 ... -> 200"; or ""
//
// Keeps a word for each port call of the first play, kMostCalls at most. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/run/trace_line.h"

namespace holdfast::sweep {

class CallHashes {
 public:
  static constexpr std::size_t kMostCalls = std::size_t{8} << 20;

  void note(const run::TraceLine& line);
  void compare_next() { comparing_ = true; }
  const std::string& difference() const { return difference_; }

 private:
  std::vector<std::uint64_t> hashes_;
  std::size_t at_ = 0;
  bool comparing_ = false;
  std::string difference_;
};

}  // namespace holdfast::sweep
