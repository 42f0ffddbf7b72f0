// How long to wait before the next attempt: exponential growth with full jitter, the cap applied
// last (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
//
//   Backoff backoff(options.backoff);
//   Duration wait = backoff.delay(attempt, jitter);   // attempt 0 is the first retry
//
// delay(n) is uniform in [base / 2, min(max, base * 2^n)], so it is never zero, never above max, and
// never overflows however large n is. Pure: the caller brings the random stream.
#pragma once

#include <cstdint>

#include "core/base/random.h"
#include "core/base/time.h"

namespace holdfast::policy {

struct BackoffSettings {
  Duration base;
  Duration max;
};

class Backoff {
 public:
  explicit Backoff(BackoffSettings settings);
  Duration delay(std::uint32_t attempt, RandomStream& jitter) const;

 private:
  BackoffSettings settings_;
};

}  // namespace holdfast::policy
