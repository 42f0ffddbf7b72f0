#include "simulator/oracle/latency_histogram.h"

#include <algorithm>
#include <bit>

namespace holdfast::oracle {

// A value keeps its highest 6 bits; `scale` is how many lower ones are dropped. At each scale above 0
// the 6 bits run from 32 to 63, so scale * 32 + bits numbers the buckets without a gap:
//
//   scale 0: 0 1 2 ... 63     scale 1: 64-65 66-67 ... 126-127     scale 2: 128-131 ...
std::size_t LatencyHistogram::bucket_of(std::uint64_t nanoseconds) {
  const int scale = std::max(0, static_cast<int>(std::bit_width(nanoseconds)) - 1 - kPrecisionBits);
  return (static_cast<std::size_t>(scale) << kPrecisionBits) + (nanoseconds >> scale);
}

std::uint64_t LatencyHistogram::highest_of(std::size_t bucket) {
  const std::size_t scale = std::max<std::size_t>(bucket >> kPrecisionBits, 1) - 1;
  const std::uint64_t bits = bucket - (scale << kPrecisionBits);
  return ((bits + 1) << scale) - 1;
}

void LatencyHistogram::add(Duration duration) {
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0));
  ++counts_[bucket_of(nanoseconds)];
  ++total_;
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::buckets() const {
  std::vector<Bucket> filled;
  for (std::size_t i = 0; i < kBuckets; ++i)
    if (counts_[i] > 0) filled.push_back({Duration(static_cast<std::int64_t>(highest_of(i))), counts_[i]});
  return filled;
}

}  // namespace holdfast::oracle
