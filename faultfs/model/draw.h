// What a rule draws for an operation: the same for the same operation on the same path, whoever came before.
//
//   const std::uint64_t drawn = draw(seed, rule, call, ordinal);
//   if (chance(rule, drawn)) ...
//
// Pure, in whole numbers.
#pragma once

#include <cstdint>
#include <string_view>

#include "faultfs/model/call.h"
#include "faultfs/model/fault_plan.h"

namespace holdfast::faultfs {

inline constexpr std::uint64_t kAtRest = kOperationCount;  // in the place of an operation

std::uint64_t draw(std::uint64_t seed, const Rule& rule, std::string_view path, std::uint64_t operation,
                   std::uint32_t ordinal);
std::uint64_t draw(std::uint64_t seed, const Rule& rule, const Call& call, std::uint32_t ordinal);

// By the rule's probability.
bool chance(const Rule& rule, std::uint64_t drawn);

}  // namespace holdfast::faultfs
