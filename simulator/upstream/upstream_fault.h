// What can go wrong at the upstream: rules with names, armed per phase.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast::upstream {

enum class Outage : std::uint8_t {
  refuse,  // no connection: LIVE the listening socket is closed
  error,   // every request is answered 503 at once
  hang,    // requests are read and never answered
};

// Exactly one is set.
struct UpstreamEffect {
  std::optional<Outage> outage{};
  std::optional<Duration> latency{};          // added to the service time of each request
  std::optional<std::uint64_t> error_rate{};  // parts per billion of requests answered 500 at once
};

struct UpstreamRule {
  std::string name;
  Duration from{0};  // window, counted from arming
  Duration to = Duration::max();
  UpstreamEffect effect;
};

}  // namespace holdfast::upstream
