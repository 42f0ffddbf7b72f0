// Named random streams. Each user of randomness takes its own stream by name, so adding a draw in
// one place shifts no other. Same seed and name, same numbers, on every machine.
//
//   Random random(seed);
//   RandomStream jitter = random.stream("delivery.backoff");
//   auto wait = jitter.below(1000);
//
// The generator is xoshiro256** (Blackman, Vigna: "Scrambled linear pseudorandom number
// generators", 2018), seeded through SplitMix64. A stream belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace holdfast {

// Mixes 64 bits so that every input bit changes every output bit with probability one half
// (SplitMix64's finaliser). Also the building block of fault decisions.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

// FNV-1a over the bytes, then mixed: a stable hash of a name. Not for hash tables of strangers.
constexpr std::uint64_t hash_name(std::string_view name, std::uint64_t seed = 0) {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ mix64(seed);
  for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix64(h);
}

class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed);

  std::uint64_t next();

  // Uniform in [0, bound); bound > 0. Unbiased (Lemire, 2019).
  std::uint64_t below(std::uint64_t bound);

  // True with probability parts_per_billion / 10^9.
  bool chance(std::uint64_t parts_per_billion) { return below(1'000'000'000) < parts_per_billion; }

 private:
  std::array<std::uint64_t, 4> state_;
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : seed_(seed) {}
  RandomStream stream(std::string_view name) const { return RandomStream(hash_name(name, seed_)); }
  std::uint64_t seed() const { return seed_; }

 private:
  std::uint64_t seed_;
};

}  // namespace holdfast
