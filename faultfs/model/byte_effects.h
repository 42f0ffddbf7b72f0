// Effects on the bytes of a read or a write: how many are moved, and where a write really lands.
//
//   shortened(effect, 4096)                             // 1 .. 4095
//   torn_pieces(effect, seed, offset, size)             // what of the write reaches the disk
//   other_place(seed, offset, size, file_size)          // where a misdirected write lands
//
// Decided in whole numbers from the seed alone, so alike on every machine and in both worlds. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace holdfast::faultfs {

// What a disk writes wholly or not at all.
inline constexpr std::uint64_t kSectorBytes = 512;

struct ByteRange {
  std::uint64_t offset = 0;  // in the file
  std::uint64_t size = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// Of a write: the bytes that were meant for `offset` land at `to`.
struct Piece {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t to = 0;
  friend bool operator==(const Piece&, const Piece&) = default;
};

// A read or write moves fewer bytes than it could, at least 1. Exactly one is set.
struct ShortEffect {
  std::optional<std::uint64_t> bytes = std::nullopt;
  std::optional<std::uint64_t> fraction = std::nullopt;  // parts per billion of what it could move
};

// Part of a write reaches the disk. Cut where sectors begin, but for a prefix of given length.
enum class TornKeep : std::uint8_t { prefix, sectors };
inline constexpr std::array<std::string_view, 2> kTornKeeps = {"prefix", "sectors"};
struct TornEffect {
  TornKeep keep = TornKeep::prefix;
  std::optional<std::uint64_t> bytes = std::nullopt;  // of the prefix; unset: some number of sectors
  int answer = 0;                                     // errno that the program is told; 0: success
};

// Success, and no byte reaches the disk.
struct LostEffect {};
// Success, and the bytes land on another sector of the same file.
struct MisdirectedEffect {};
// A read gives what the file held before the last write to that place.
struct StaleEffect {};

// How many of `moved` bytes; all of them when they cannot be fewer.
std::uint64_t shortened(const ShortEffect& effect, std::uint64_t moved);

// The pieces that arrive, at their own places, in order; never all of the write. Of a write within one
// sector none does.
std::vector<Piece> torn_pieces(const TornEffect& effect, std::uint64_t seed, std::uint64_t offset,
                               std::uint64_t size);

// Another sector of the file at which the write lands, with the same place in it; none when the file,
// beside the write itself, has no other.
std::optional<std::uint64_t> other_place(std::uint64_t seed, std::uint64_t offset, std::uint64_t size,
                                         std::uint64_t file_size);

// What of [offset, offset + size) does not hold what was written: what never arrived, and where it landed
// instead.
std::vector<ByteRange> harmed_by(const std::vector<Piece>& pieces, std::uint64_t offset, std::uint64_t size);

}  // namespace holdfast::faultfs
