#include "faultfs/model/damage.h"

#include <algorithm>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

// A byte of the pattern that a range of random bytes gets; never the byte that was there, so that a
// damaged byte is a changed one.
std::byte other_than(std::byte was, std::uint64_t seed, std::uint64_t position) {
  const auto change = static_cast<unsigned>(mix64(seed ^ position) % 255 + 1);
  return was ^ static_cast<std::byte>(change);
}

std::byte damaged(const Damage& damage, std::uint64_t position, std::byte was) {
  switch (damage.kind) {
    case CorruptKind::bit_flips: return was ^ static_cast<std::byte>(1U << (damage.seed & 7));
    case CorruptKind::zeros: return std::byte{0};
    case CorruptKind::random: return other_than(was, damage.seed, position);
  }
  return was;
}

}  // namespace

std::vector<Damage> draw_damage(const CorruptEffect& effect, std::uint64_t seed, std::uint64_t offset,
                                std::uint64_t size) {
  std::vector<Damage> all;
  if (size == 0) return all;
  RandomStream random(seed);
  for (std::uint32_t i = 0; i < effect.count; ++i) {
    const std::uint64_t at = random.below(size);
    const bool one_bit = effect.kind == CorruptKind::bit_flips;
    const std::uint64_t length = one_bit ? 1 : std::min(effect.bytes, size - at);
    all.push_back({effect.kind, offset + at, length, random.next()});
  }
  return all;
}

void apply_damage(std::span<const Damage> damage, std::uint64_t offset, std::span<std::byte> bytes) {
  for (const Damage& hit : damage) {
    const std::uint64_t begin = std::max(hit.offset, offset);
    const std::uint64_t end = std::min(hit.offset + hit.size, offset + bytes.size());
    for (std::uint64_t at = begin; at < end; ++at) {
      std::byte& byte = bytes[at - offset];
      byte = damaged(hit, at, byte);
    }
  }
}

std::string_view to_string(CorruptKind kind) { return kCorruptKinds[static_cast<std::size_t>(kind)]; }
std::string_view to_string(CorruptWhen when) { return kCorruptMoments[static_cast<std::size_t>(when)]; }

}  // namespace holdfast::faultfs
