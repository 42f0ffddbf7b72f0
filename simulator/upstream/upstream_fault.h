// What can go wrong at the upstream and on the way to it: rules with names, armed per phase.
// docs/fault-model.md says what each effect does and when production sees it.
//
//   UpstreamRule rule{.name = "balancer drops", .effect = {.reset = Reset::request}};
//   rule.probability = kCertain / 4;
//
// Shares and probabilities are parts of kCertain. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast::upstream {

inline constexpr std::uint64_t kCertain = 1'000'000'000;

enum class Outage : std::uint8_t {
  refuse,     // no connection: LIVE the listening socket is closed
  error,      // every request is answered 503 at once
  hang,       // requests are read and never answered; healing ends them
  blackhole,  // packets vanish: connections are not made, requests do not arrive, answers are lost
};

// Where a connection is reset by the peer.
enum class Reset : std::uint8_t {
  request,  // instead of reading the request: nothing is applied
  answer,   // in the middle of the answer: everything is applied
};

// What becomes of the answer to a request that was served, and hence applied.
enum class AnswerFault : std::uint8_t {
  lost,       // the connection closes without a byte of it
  truncated,  // its body ends half-way, in a message that is whole by its own length
};

// Exactly one is set.
struct UpstreamEffect {
  std::optional<Outage> outage{};
  std::optional<Duration> latency{};          // added to the service time of each request
  std::optional<std::uint64_t> error_rate{};  // share of requests answered 500 at once
  std::optional<Reset> reset{};
  std::optional<std::uint64_t> slow{};     // bytes of the answer's body per second
  std::optional<std::uint64_t> partial{};  // share of a request's elements that are answered "retry"
  std::optional<AnswerFault> answer{};
};

struct UpstreamRule {
  std::string name;
  Duration from{0};  // window, counted from arming
  Duration to = Duration::max();
  UpstreamEffect effect;
  std::uint64_t probability = kCertain;  // of each request; refuse and error_rate are always certain
  // Of the requests that come to the open port, counted from arming on; 0 where it is not given. Not for
  // what befalls everybody: refuse, and a blackhole without a probability.
  std::uint64_t nth = 0;       // only this one; the first is 1
  std::uint64_t from_nth = 0;  // this one and all after it
  bool counts() const { return nth > 0 || from_nth > 0; }
};

// The body of an answer that accepts `elements` records, in bytes: {"results":["accepted",...]}.
constexpr std::int64_t answer_bytes(std::size_t elements) {
  return 14 + 11 * static_cast<std::int64_t>(elements) - (elements > 0 ? 1 : 0);
}

// How long a body of so many bytes takes at so many a second.
constexpr Duration trickle_time(std::int64_t bytes, std::uint64_t bytes_per_second) {
  return Duration(bytes * 1'000'000'000 / static_cast<std::int64_t>(bytes_per_second));
}

}  // namespace holdfast::upstream
