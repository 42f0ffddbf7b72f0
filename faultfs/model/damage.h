// Damaged bytes: which, and what becomes of them.
//
//   auto damage = draw_damage(effect, seed, offset, size);   // where, within [offset, offset + size)
//   apply_damage(damage, offset, bytes);                     // on the file's bytes from `offset` on
//
// Drawn from the seed alone, in whole numbers, so that it is the same on every machine and in both
// worlds. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

struct Damage {
  CorruptKind kind = CorruptKind::bit_flips;
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 1;
  std::uint64_t seed = 0;  // which bit, or which bytes
  friend bool operator==(const Damage&, const Damage&) = default;
};

// As many places as the effect says; they may overlap. None when there is no byte to damage.
std::vector<Damage> draw_damage(const CorruptEffect& effect, std::uint64_t seed, std::uint64_t offset,
                                std::uint64_t size);

// Damages those of the given bytes, which begin at `offset` of the file, that are hit.
void apply_damage(std::span<const Damage> damage, std::uint64_t offset, std::span<std::byte> bytes);

std::string_view to_string(CorruptKind kind);  // "bit_flips", "zeros", "random"
std::string_view to_string(CorruptWhen when);  // "read", "write", "rest"

}  // namespace holdfast::faultfs
