// What reached the upstream, as the upstream wrote it down: requests and records in bins of time, and
// how many of the records had been there shortly before.
//
//   Attempts attempts(scenario.recovery_window(), ledger.capacity());
//   attempts.note(at, elements);                        // for each request that reached the service
//   auto sum = attempts.sum({.first = 10, .count = 20});
//   sum.records / sum.distinct                          // its amplification
//
// Sums are exact for spans of whole bins, of at most a window (kBinsPerWindow bins). Memory is bounded
// by the length of the run and the number of records, however often they are sent: a bin counts 100
// bytes, a record 4. What comes after kMostBins counts in the last bin. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/time.h"
#include "core/env/transport.h"

namespace holdfast::oracle {

class Attempts {
 public:
  static constexpr std::size_t kBinsPerWindow = 20;
  static constexpr std::size_t kMostBins = std::size_t{1} << 18;  // 36 h in bins of 500 ms

  struct Span {
    std::size_t first = 0;
    std::size_t count = 0;
  };
  struct Sum {
    std::uint64_t requests = 0;
    std::uint64_t records = 0;   // every time that one was sent
    std::uint64_t distinct = 0;  // each of them once
  };

  // Records are those from `first` on, `references` of them; others are nobody's and not counted.
  Attempts(Duration window, std::uint64_t references, std::uint64_t first = 0);

  void note(Duration at, std::span<const RequestElement> elements);

  Duration bin() const { return bin_; }
  // Of the whole run.
  const Sum& total() const { return total_; }
  Sum sum(Span span) const;

  // The bins that [from, to) touches.
  Span span_of(Duration from, Duration to) const;
  // Every span of a window's length within `span`, each a bin later; `span` itself if it is shorter.
  std::vector<Span> windows_in(Span span) const;

 private:
  struct Bin {
    std::uint64_t requests = 0;
    std::uint64_t records = 0;
    std::array<std::uint32_t, kBinsPerWindow> again{};  // by how many bins ago they were sent before
  };

  std::size_t index_of(Duration at) const;
  void note_record(Bin& bin, std::size_t index, std::uint64_t reference);

  Duration bin_;
  std::uint64_t references_;
  std::uint64_t first_;
  std::vector<Bin> bins_;
  std::vector<std::uint32_t>
      last_;  // by reference from the first: the bin of its last attempt + 1; 0: none yet
  Sum total_;
};

}  // namespace holdfast::oracle
