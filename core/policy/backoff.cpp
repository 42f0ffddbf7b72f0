#include "core/policy/backoff.h"

#include <algorithm>

#include "core/base/check.h"

namespace holdfast::policy {

Backoff::Backoff(BackoffSettings settings) : settings_(settings) {
  HOLDFAST_CHECK(settings.base.count() > 0 && settings.base <= settings.max, "0 < base <= max");
}

Duration Backoff::delay(std::uint32_t attempt, RandomStream& jitter) const {
  Duration ceiling = settings_.base;
  for (std::uint32_t i = 0; i < attempt && ceiling < settings_.max; ++i)
    ceiling = ceiling > settings_.max / 2 ? settings_.max : ceiling * 2;
  const Duration floor = settings_.base / 2;
  const auto span = static_cast<std::uint64_t>((ceiling - floor).count()) + 1;
  return floor + Duration(static_cast<std::int64_t>(jitter.below(span)));
}

}  // namespace holdfast::policy
