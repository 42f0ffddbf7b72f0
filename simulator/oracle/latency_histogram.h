// How long calls took, as counts in buckets: exact up to 63 ns, from there 32 buckets to each power of
// two, so that a bucket's upper end is less than 1/32 above any value in it.
//
//   LatencyHistogram histogram;
//   histogram.add(returned - called);
//   for (const auto& bucket : histogram.buckets()) use(bucket.highest, bucket.count);
//
// Source: G. Tene's HdrHistogram, whose buckets are laid out the same way. 15 KiB whatever is added.
// Threads: none. Negative durations count as zero.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/time.h"

namespace holdfast::oracle {

class LatencyHistogram {
 public:
  struct Bucket {
    Duration highest{0};  // the longest duration that belongs to it
    std::uint64_t count = 0;
  };

  void add(Duration duration);
  // Those with a count, shortest first.
  std::vector<Bucket> buckets() const;
  std::uint64_t total() const { return total_; }

 private:
  static constexpr int kPrecisionBits = 5;  // 32 buckets to a power of two
  static constexpr int kScales = 63 - kPrecisionBits;
  static constexpr std::size_t kBuckets = std::size_t{kScales + 1} << kPrecisionBits;

  static std::size_t bucket_of(std::uint64_t nanoseconds);
  static std::uint64_t highest_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> counts_{};
  std::uint64_t total_ = 0;
};

}  // namespace holdfast::oracle
