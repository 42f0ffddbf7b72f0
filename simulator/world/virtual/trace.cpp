#include "simulator/world/virtual/trace.h"

#include <algorithm>

namespace holdfast::world {

std::string_view to_string(PortCall call) {
  switch (call) {
    case PortCall::spawn: return "spawn";
    case PortCall::join: return "join";
    case PortCall::sleep: return "sleep";
    case PortCall::idle: return "idle";
    case PortCall::wait: return "wait";
    case PortCall::notify: return "notify";
    case PortCall::open: return "open";
    case PortCall::read: return "read";
    case PortCall::write: return "write";
    case PortCall::allocate: return "allocate";
    case PortCall::truncate: return "truncate";
    case PortCall::size: return "size";
    case PortCall::sync: return "sync";
    case PortCall::lock: return "lock";
    case PortCall::close: return "close";
    case PortCall::rename: return "rename";
    case PortCall::remove: return "remove";
    case PortCall::make_directory: return "make_directory";
    case PortCall::remove_directory: return "remove_directory";
    case PortCall::list: return "list";
    case PortCall::stat: return "stat";
    case PortCall::sync_directory: return "sync_directory";
    case PortCall::space: return "space";
    case PortCall::send: return "send";
    case PortCall::log: return "log";
    case PortCall::kill: return "kill";
  }
  return "unknown";
}

namespace {
std::uint64_t word_at(const std::byte* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}
}  // namespace

// Two lanes of 16 bytes a step, so that a batch costs a fraction of a nanosecond a byte.
std::uint64_t digest(Bytes bytes) {
  std::uint64_t a = bytes.size() ^ kSalt[2];
  std::uint64_t b = kSalt[3];
  while (bytes.size() >= 32) {
    a = fold(a ^ word_at(bytes.data()), kSalt[0] ^ word_at(bytes.data() + 8));
    b = fold(b ^ word_at(bytes.data() + 16), kSalt[1] ^ word_at(bytes.data() + 24));
    bytes = bytes.subspan(32);
  }
  std::array<std::byte, 32> tail{};
  std::copy(bytes.begin(), bytes.end(), tail.begin());
  a = fold(a ^ word_at(tail.data()), kSalt[0] ^ word_at(tail.data() + 8));
  b = fold(b ^ word_at(tail.data() + 16), kSalt[1] ^ word_at(tail.data() + 24));
  return fold(a ^ kSalt[4], b);
}

std::string Trace::recent(std::size_t count) const {
  count = static_cast<std::size_t>(std::min<std::uint64_t>({count, recent_.size(), calls_}));
  std::string text;
  for (std::uint64_t i = calls_ - count; i < calls_; ++i) {
    const auto& who = recent_[i % recent_.size()];
    if (!text.empty()) text += ", ";
    text += std::string(to_string(who.call)) + " by fiber " + std::to_string(who.fiber) + " of node " +
            std::to_string(who.node) + " at " + std::to_string(nanoseconds(who.time)) + " ns";
  }
  return text;
}

}  // namespace holdfast::world
