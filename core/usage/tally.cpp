#include "core/usage/tally.h"

#include <bit>

#include "core/base/check.h"

namespace holdfast::usage {

Tally::Tally(std::size_t max_keys, std::uint64_t seed)
    : max_keys_(max_keys),
      seed_(seed),
      mask_(std::bit_ceil(2 * max_keys + 1) - 1),  // at most half full, so that a search ends soon
      table_(mask_ + 1, kFree) {}

void Tally::add_new(const Use& use, std::uint64_t hash, std::size_t at) {
  HOLDFAST_CHECK(use.key.size() <= kMaxKeyBytes, "a key has a bounded size");
  if (slots_.size() == max_keys_) return count(use, overflow_[{use.day, use.priced}]);
  table_[at] = static_cast<std::uint32_t>(slots_.size());
  Slot& slot = slots_.emplace_back();
  slot.hash = hash;
  slot.at = at;
  slot.day = use.day;
  slot.priced = use.priced;
  slot.size = static_cast<std::uint8_t>(use.key.size());
  std::memcpy(slot.key.data(), use.key.data(), use.key.size());
  count(use, slot.sums);
}

void Tally::clear() {
  for (const Slot& slot : slots_) table_[slot.at] = kFree;
  slots_.clear();
  overflow_.clear();
}

}  // namespace holdfast::usage
