// What a rule has met and done since it was armed, over all paths or for each path by itself: whose turn
// is it?
//
//   if (turns.take(rule.when, call.path, now)) { ...; turns.fire(rule.when, call.path, now); }
//   turns.fired()                   // over all paths
//
// Pure. At most kMostPaths paths are counted apart; an operation on one more is never a rule's turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/time.h"
#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {

// Finds a path without making a string of it.
struct PathHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view path) const { return std::hash<std::string_view>{}(path); }
};
template <class Value>
using ByPath = std::unordered_map<std::string, Value, PathHash, std::equal_to<>>;

class Turns {
 public:
  static constexpr std::size_t kMostPaths = 100'000;

  // Counts one more operation that matches.
  bool take(const Trigger& when, std::string_view path, Time now);
  void fire(const Trigger& when, std::string_view path, Time now);
  std::uint64_t fired() const { return fired_; }

 private:
  struct Count {
    std::uint64_t matched = 0;
    std::uint64_t fired = 0;
    std::optional<Time> last = std::nullopt;  // when it fired
  };
  Count all_;
  ByPath<Count> by_path_;
  std::uint64_t fired_ = 0;

  Count* count_of(const Trigger& when, std::string_view path);
};

}  // namespace holdfast::faultfs
