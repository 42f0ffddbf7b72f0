#include "faultfs/model/undo.h"

#include <algorithm>
#include <iterator>

namespace holdfast::faultfs {
namespace {

// The part of a place that begins so far into it.
Undo::Place part_of(const Undo::Place& place, std::uint64_t begin, std::uint64_t end) {
  const auto slice = [&](const std::vector<std::byte>& bytes) {
    return std::vector<std::byte>(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                                  bytes.begin() + static_cast<std::ptrdiff_t>(end));
  };
  return {place.inode, place.offset + begin, slice(place.before), slice(place.after), place.heals, place.due};
}

}  // namespace

// Each run of bytes that differ is a place.
void Undo::keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> before,
                std::span<const std::byte> after, bool heals) {
  const std::size_t size = std::min(before.size(), after.size());
  for (std::size_t at = 0; at < size; ++at) {
    std::size_t end = at;
    while (end < size && before[end] != after[end]) ++end;
    if (end == at) continue;
    Place place{.inode = inode, .offset = offset + at, .heals = heals};
    place.before.assign(before.begin() + static_cast<std::ptrdiff_t>(at),
                        before.begin() + static_cast<std::ptrdiff_t>(end));
    place.after.assign(after.begin() + static_cast<std::ptrdiff_t>(at),
                       after.begin() + static_cast<std::ptrdiff_t>(end));
    remember(std::move(place));
    at = end;
  }
}

void Undo::remember(Place place) {
  bytes_ += place.before.size();
  places_.push_back(std::move(place));
  forget_the_oldest();
}

void Undo::forget_the_oldest() {
  while (bytes_ > kMostBytes || places_.size() > kMostPlaces) {
    bytes_ -= places_.front().before.size();
    places_.pop_front();
  }
}

void Undo::overwritten(std::uint64_t inode, std::uint64_t offset, std::uint64_t size) {
  if (size == 0) return;
  const std::uint64_t end = offset + std::min(size, UINT64_MAX - offset);
  for (auto at = places_.begin(); at != places_.end();) {
    const auto place = at++;
    const std::uint64_t length = place->before.size();
    const std::uint64_t place_end = place->offset + length;
    if (place->inode != inode || place->offset >= end || place_end <= offset) continue;
    bytes_ -= length;
    if (place->offset < offset) places_.insert(place, part_of(*place, 0, offset - place->offset));
    if (place_end > end) places_.insert(place, part_of(*place, end - place->offset, length));
    for (const std::uint64_t left :
         {offset - std::min(offset, place->offset), place_end - std::min(place_end, end)})
      bytes_ += left;
    places_.erase(place);
  }
  forget_the_oldest();  // one place may have become two
}

void Undo::make_due(Which which) {
  for (Place& place : places_) place.due = place.due || place.heals || which == Which::all;
}

bool Undo::any_due() const { return std::ranges::any_of(places_, &Place::due); }

std::vector<Undo::Place> Undo::take_due(std::uint64_t inode) {
  std::vector<Place> due;
  for (auto at = places_.end(); at != places_.begin();) {
    --at;
    if (!at->due || at->inode != inode) continue;
    bytes_ -= at->before.size();
    due.push_back(std::move(*at));
    at = places_.erase(at);
  }
  return due;
}

void Undo::drop_due() {
  std::erase_if(places_, [&](const Place& place) {
    if (place.due) bytes_ -= place.before.size();
    return place.due;
  });
}

bool put_back(const Undo::Place& place, std::uint64_t offset, std::span<std::byte> bytes) {
  bool any = false;
  const std::uint64_t begin = std::max(place.offset, offset);
  const std::uint64_t end = std::min(place.offset + place.before.size(), offset + bytes.size());
  for (std::uint64_t at = begin; at < end; ++at) {
    std::byte& byte = bytes[at - offset];
    if (byte != place.after[at - place.offset]) continue;
    byte = place.before[at - place.offset];
    any = true;
  }
  return any;
}

}  // namespace holdfast::faultfs
