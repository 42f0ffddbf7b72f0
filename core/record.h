// What a program records: one use of a model by a caller.
//
//   producer.record({.input_tokens = 812, .output_tokens = 64, .latency_us = 91'000,
//                    .model = "gpt-4o-mini", .provider = "openai", .operation = "chat"});
//
// The strings are copied by record(); together they hold at most kMaxTextBytes bytes. A record
// whose time is 0 is stamped by the collector, so that record() need not read a clock.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

inline constexpr std::size_t kMaxTextBytes = 64;

struct UsageRecord {
  std::int64_t time_ns = 0;  // wall clock, nanoseconds since the Unix epoch; 0: stamp it for me
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t latency_us = 0;    // duration of the call that is recorded
  std::uint64_t cost_nanousd = 0;  // 10^-9 US dollars
  std::uint64_t reference = 0;     // the caller's own name for this record; carried to the upstream
  std::string_view model = {};
  std::string_view provider = {};
  std::string_view operation = {};
};

// What record() answers. `accepted` means that the tracker owns the record now: it is in memory,
// will be durable after the next commit, and appears in Stats until delivered. Everything else is
// counted and leaves the record with the caller.
enum class Outcome : std::uint8_t {
  accepted,
  rejected_ring_full,  // the producer's ring has no room: disk and memory are behind
  rejected_too_large,  // the three strings exceed kMaxTextBytes
  rejected_closed,     // the tracker is shutting down
};

}  // namespace holdfast
