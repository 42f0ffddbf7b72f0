// Counts records by day and key as they pass, fast enough for the intake: a table of fixed size,
// filled in place, that is handed over as a whole.
//
//   Tally tally(max_keys, seed);
//   tally.add({.day = day, .priced = cost > 0, .key = names, .input_tokens = 812, ...});
//   tally.drain([](const Tally::Entry& entry) { ... });        // in order of first use; then it is empty
//
// A key is any bytes (at most kMaxKeyBytes) that stand for the same names whenever they are the same;
// they are copied once. Keys beyond `max_keys` are counted together, by day, as an entry without key.
// Records that bring no cost have an entry of their own, so that prices are applied to sums.
//
// Open addressing over a hash of eight bytes at a time; the seed keeps strangers from choosing names
// that collide. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/usage/totals.h"

namespace holdfast::usage {

class Tally {
 public:
  static constexpr std::size_t kMaxKeyBytes = 72;

  struct Use {
    Day day = 0;
    bool priced = false;  // it brings its cost
    Bytes key;
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
    std::uint32_t latency_us = 0;
    std::uint64_t cost_nanousd = 0;
  };
  struct Entry {
    Day day = 0;
    bool priced = false;
    Bytes key;  // empty: of keys that had no room
    Sums sums;
  };

  Tally(std::size_t max_keys, std::uint64_t seed);

  void add(const Use& use) {
    const std::uint64_t hash = hash_of(use);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const std::uint32_t number = table_[at];
      if (number == kFree) return add_new(use, hash, at);
      if (Slot& slot = slots_[number]; slot.hash == hash && slot.holds(use)) return count(use, slot.sums);
    }
  }

  bool empty() const { return slots_.empty() && overflow_.empty(); }

  template <class Take>
  void drain(Take&& take) {
    for (const Slot& slot : slots_)
      take(Entry{slot.day, slot.priced, Bytes(slot.key).first(slot.size), slot.sums});
    for (const auto& [day_priced, sums] : overflow_)
      take(Entry{day_priced.first, day_priced.second, {}, sums});
    clear();
  }

 private:
  static constexpr std::uint32_t kFree = 0xffffffffU;

  struct Slot {
    std::uint64_t hash = 0;
    std::size_t at = 0;  // in the table
    Day day = 0;
    bool priced = false;
    std::uint8_t size = 0;
    Sums sums;
    std::array<std::byte, kMaxKeyBytes> key;

    bool holds(const Use& use) const {
      return day == use.day && priced == use.priced && size == use.key.size() &&
             same_bytes(key.data(), use.key.data(), size);
    }
  };

  // memcmp() costs a call, which is as much as all the rest.
  static bool same_bytes(const std::byte* a, const std::byte* b, std::size_t size) {
    if (size < 8) return std::memcmp(a, b, size) == 0;
    std::uint64_t difference = word_at<std::uint64_t>(a + size - 8) ^ word_at<std::uint64_t>(b + size - 8);
    for (std::size_t i = 0; i + 8 < size; i += 8)
      difference |= word_at<std::uint64_t>(a + i) ^ word_at<std::uint64_t>(b + i);
    return difference == 0;
  }

  static void count(const Use& use, Sums& sums) {
    ++sums.records;
    sums.input_tokens += use.input_tokens;  // a tally is drained long before 2^32 records
    sums.output_tokens += use.output_tokens;
    sums.latency_us += use.latency_us;
    sums.cost_nanousd = add_up(sums.cost_nanousd, use.cost_nanousd);
  }

  static std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    const std::uint64_t product = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
    return product ^ product >> 32;
  }

  template <class Word>
  static std::uint64_t word_at(const std::byte* at) {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
  }

  // Of all bytes: words, the last of which may overlap the one before it.
  std::uint64_t hash_of(const Use& use) const {
    const std::byte* at = use.key.data();
    const std::size_t size = use.key.size();
    std::uint64_t hash =
        mixed(seed_ ^ size, static_cast<std::uint64_t>(use.day) << 1 | std::uint64_t{use.priced});
    if (size >= 8) {
      for (std::size_t i = 0; i + 8 < size; i += 8) hash = mixed(hash, word_at<std::uint64_t>(at + i));
      return mixed(hash, word_at<std::uint64_t>(at + size - 8));
    }
    if (size >= 4)
      return mixed(mixed(hash, word_at<std::uint32_t>(at)), word_at<std::uint32_t>(at + size - 4));
    for (std::size_t i = 0; i < size; ++i) hash = mixed(hash, word_at<std::uint8_t>(at + i));
    return hash;
  }

  void add_new(const Use& use, std::uint64_t hash, std::size_t at);
  void clear();

  const std::size_t max_keys_;
  const std::uint64_t seed_;
  const std::size_t mask_;
  std::vector<std::uint32_t> table_;  // numbers of slots
  std::vector<Slot> slots_;
  std::map<std::pair<Day, bool>, Sums> overflow_;
};

}  // namespace holdfast::usage
