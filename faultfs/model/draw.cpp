#include "faultfs/model/draw.h"

#include "core/base/random.h"

namespace holdfast::faultfs {

std::uint64_t draw(std::uint64_t seed, const Rule& rule, std::string_view path, std::uint64_t operation,
                   std::uint32_t ordinal) {
  if (rule.recorded && rule.recorded->drawn) return *rule.recorded->drawn;
  std::uint64_t hash = hash_name(rule.name, seed);
  hash = hash_name(path, hash);
  return mix64(hash ^ (operation << 32 | ordinal));
}

std::uint64_t draw(std::uint64_t seed, const Rule& rule, const Call& call, std::uint32_t ordinal) {
  return draw(seed, rule, call.path, static_cast<std::uint64_t>(call.operation), ordinal);
}

bool chance(const Rule& rule, std::uint64_t drawn) {
  if (rule.when.probability >= kCertain) return true;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(drawn) * kCertain >> 64) < rule.when.probability;
}

}  // namespace holdfast::faultfs
