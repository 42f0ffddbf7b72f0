// A listener for what becomes of records after record(): the harness' ledger, or a program's own
// audit. Called from the workers, never from record(); calls must be short and must not block or
// throw. References are UsageRecord::reference.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/time.h"

namespace holdfast {

enum class DropReason : std::uint8_t { none, quarantined, expired, shutdown };

enum class BreakerState : std::uint8_t { closed, open, half_open };

// "These records are durable: their frames are the bytes [begin, end) of `path`, whose name is
// durable too." A claim, which the harness checks. Frame i ends at ends[i] and begins where the one
// before it ends, the first one at `begin`; `ends` is empty where that is not known.
struct DurableClaim {
  std::string_view path;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::span<const std::uint64_t> references;
  std::span<const std::uint64_t> ends;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_durable(Time, const DurableClaim&) {}
  virtual void on_acknowledged(Time, std::span<const std::uint64_t> /*references*/) {}
  virtual void on_dropped(Time, std::uint64_t /*reference*/, DropReason) {}
  virtual void on_breaker(Time, BreakerState) {}
};

}  // namespace holdfast
