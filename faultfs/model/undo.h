// What damage replaced, so that it can be undone where nobody has written over it since.
//
//   undo.keep(inode, offset, before, after, true);      // what differs is remembered
//   undo.overwritten(inode, offset, size);              // by the program: nothing to undo there any more
//   undo.make_due(Undo::Which::all);
//   for (const Undo::Place& place : undo.take_due(inode)) put_back(place, ...);
//
// Bounded: the oldest places are forgotten first. Not thread-safe: the owner serialises. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <span>
#include <vector>

namespace holdfast::faultfs {

class Undo {
 public:
  static constexpr std::size_t kMostBytes = 4 << 20;
  static constexpr std::size_t kMostPlaces = 16'384;

  struct Place {
    std::uint64_t inode = 0;
    std::uint64_t offset = 0;  // in the file
    std::vector<std::byte> before{};
    std::vector<std::byte> after{};  // as damaged: what must still be there
    bool heals = false;              // with its rule
    bool due = false;
  };
  enum class Which : std::uint8_t { healing, all };

  void keep(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> before,
            std::span<const std::byte> after, bool heals);
  void overwritten(std::uint64_t inode, std::uint64_t offset, std::uint64_t size);
  void cut(std::uint64_t inode, std::uint64_t size) { overwritten(inode, size, UINT64_MAX - size); }
  void forget(std::uint64_t inode) { overwritten(inode, 0, UINT64_MAX); }

  void make_due(Which which);
  bool any_due() const;
  // The newest first, so that of two at one place the older counts.
  std::vector<Place> take_due(std::uint64_t inode);
  void drop_due();
  std::size_t places() const { return places_.size(); }

 private:
  std::list<Place> places_;  // the oldest first
  std::size_t bytes_ = 0;

  void remember(Place place);
  void forget_the_oldest();
};

// Puts back those of the file's bytes from `offset` on that are still as the damage left them. True when
// any was.
bool put_back(const Undo::Place& place, std::uint64_t offset, std::span<std::byte> bytes);

}  // namespace holdfast::faultfs
