#include "faultfs/model/byte_effects.h"

#include <algorithm>

#include "core/base/random.h"

namespace holdfast::faultfs {
namespace {

// Of the wide product, so that no size overflows.
std::uint64_t share(std::uint64_t of, std::uint64_t parts_per_billion) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(of) * parts_per_billion / 1'000'000'000);
}

// Where the n-th sector that the write touches begins and ends, as far as the write covers it.
struct Sectors {
  std::uint64_t offset;
  std::uint64_t size;

  std::uint64_t first() const { return offset / kSectorBytes; }
  std::uint64_t count() const { return (offset + size - 1) / kSectorBytes - first() + 1; }
  std::uint64_t begin(std::uint64_t n) const { return std::max(offset, (first() + n) * kSectorBytes); }
  std::uint64_t end(std::uint64_t n) const {
    return std::min(offset + size, (first() + n + 1) * kSectorBytes);
  }
};

void add_piece(std::vector<Piece>& pieces, std::uint64_t begin, std::uint64_t end) {
  if (begin == end) return;
  const bool adjoins = !pieces.empty() && pieces.back().offset + pieces.back().size == begin;
  if (adjoins)
    pieces.back().size += end - begin;
  else
    pieces.push_back({begin, end - begin, begin});
}

// Each sector by itself, but at least one is lost, and one kept where there are two.
std::vector<Piece> chosen_sectors(const Sectors& sectors, std::uint64_t seed) {
  RandomStream random(seed);
  const std::uint64_t lost = random.below(sectors.count());
  const std::uint64_t kept = (lost + 1) % sectors.count();
  std::vector<Piece> pieces;
  for (std::uint64_t n = 0; n < sectors.count(); ++n) {
    const bool arrives = random.below(2) == 0;
    if (n != lost && (n == kept || arrives)) add_piece(pieces, sectors.begin(n), sectors.end(n));
  }
  return pieces;
}

}  // namespace

std::uint64_t shortened(const ShortEffect& effect, std::uint64_t moved) {
  if (moved <= 1) return moved;
  const std::uint64_t wanted = effect.bytes ? *effect.bytes : share(moved, effect.fraction.value_or(0));
  return std::clamp<std::uint64_t>(wanted, 1, moved - 1);
}

std::vector<Piece> torn_pieces(const TornEffect& effect, std::uint64_t seed, std::uint64_t offset,
                               std::uint64_t size) {
  std::vector<Piece> pieces;
  if (size == 0) return pieces;
  const Sectors sectors{offset, size};
  if (effect.keep == TornKeep::sectors) return chosen_sectors(sectors, seed);
  const std::uint64_t drawn = RandomStream(seed).below(sectors.count());
  const std::uint64_t end = effect.bytes ? offset + std::min(*effect.bytes, size - 1) : sectors.begin(drawn);
  add_piece(pieces, offset, end);
  return pieces;
}

std::optional<std::uint64_t> other_place(std::uint64_t seed, std::uint64_t offset, std::uint64_t size,
                                         std::uint64_t file_size) {
  const std::uint64_t within = offset % kSectorBytes;
  if (size == 0 || file_size < within + size) return std::nullopt;
  const std::uint64_t places = (file_size - within - size) / kSectorBytes + 1;
  const std::uint64_t own = offset / kSectorBytes;
  const std::uint64_t others = own < places ? places - 1 : places;
  if (others == 0) return std::nullopt;
  std::uint64_t chosen = RandomStream(seed).below(others);
  if (own < places && chosen >= own) ++chosen;
  return chosen * kSectorBytes + within;
}

std::vector<ByteRange> harmed_by(const std::vector<Piece>& pieces, std::uint64_t offset, std::uint64_t size) {
  std::vector<ByteRange> harmed;
  std::uint64_t at = offset;
  for (const Piece& piece : pieces) {
    const bool strays = piece.to != piece.offset;
    if (piece.offset > at) harmed.push_back({at, piece.offset - at});
    if (strays) harmed.push_back({piece.offset, piece.size});
    if (strays) harmed.push_back({piece.to, piece.size});
    at = piece.offset + piece.size;
  }
  if (at < offset + size) harmed.push_back({at, offset + size - at});
  return harmed;
}

}  // namespace holdfast::faultfs
