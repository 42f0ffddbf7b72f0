// The trace of a world: a running 64-bit hash over every port call (when, node, fiber, operation,
// digest of arguments, digest of result), and the last few calls in words for messages. Two runs
// with the same hash did the same. Reading the clock is not a call of its own: it is seen in the
// times of the others.
//
//   trace.note({now, node, fiber, PortCall::write}, digest(bytes), written);
//   trace.hash();
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/time.h"

namespace holdfast::world {

using NodeId = std::uint32_t;
inline constexpr NodeId kHarnessNode = 0;

enum class PortCall : std::uint8_t {
  spawn,
  join,
  sleep,
  idle,
  wait,
  notify,
  open,
  read,
  write,
  allocate,
  truncate,
  size,
  sync,
  lock,
  close,
  rename,
  remove,
  make_directory,
  remove_directory,
  list,
  stat,
  sync_directory,
  space,
  send,
  log,
  kill,
};
std::string_view to_string(PortCall call);

// Multiplies to 128 bits and folds the halves: the mixing step of wyhash and its kin.
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

inline constexpr std::array<std::uint64_t, 5> kSalt = {0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL,
                                                       0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL,
                                                       0x1d8e4e27c47d124fULL};

// Combines two words into one; the order matters.
constexpr std::uint64_t digest(std::uint64_t a, std::uint64_t b) { return fold(a ^ kSalt[0], b ^ kSalt[1]); }
std::uint64_t digest(Bytes bytes);
inline std::uint64_t digest(std::string_view text) { return digest(as_bytes(text)); }

// One call in words, for whoever listens.
struct TraceCall {
  Time time;
  NodeId node = 0;
  std::uint64_t fiber = 0;  // 0: outside any fiber
  std::string_view fiber_name;
  PortCall call{};
  std::string_view what;     // a path, a batch; "" where there is nothing to say
  std::string_view outcome;  // "", an errno, a number
  std::uint64_t hash = 0;    // of the trace up to here
};
using TraceListener = std::function<void(const TraceCall&)>;

class Trace {
 public:
  struct Who {
    Time time;
    NodeId node = 0;
    std::uint64_t fiber = 0;  // 0: outside any fiber
    PortCall call{};
  };

  void note(const Who& who, std::uint64_t arguments, std::uint64_t result) {
    const auto actor =
        std::rotl(who.fiber, 24) ^ (std::uint64_t{who.node} << 8) ^ static_cast<std::uint64_t>(who.call);
    const auto what = fold(static_cast<std::uint64_t>(nanoseconds(who.time)) ^ kSalt[0], actor ^ kSalt[1]);
    const auto how = fold(arguments ^ kSalt[2], result ^ kSalt[3]);
    hash_ = fold(hash_ ^ what, std::rotl(how, 32) ^ kSalt[4]) + calls_;
    recent_[calls_++ % recent_.size()] = who;
  }

  std::uint64_t hash() const { return hash_; }
  std::uint64_t calls() const { return calls_; }
  // "write by fiber 3 of node 1 at 1002000000 ns", the latest last.
  std::string recent(std::size_t count) const;

 private:
  std::uint64_t hash_ = 0x9e3779b97f4a7c15ULL;
  std::uint64_t calls_ = 0;
  std::array<Who, 32> recent_{};
};

}  // namespace holdfast::world
