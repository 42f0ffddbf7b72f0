// The bytes of one file as programs see them, in pages; a page that nobody wrote to is no page, and zeros.
// What of them a power cut would leave is the business of the disk's ledger. Pure: no time, no faults, no
// names.
//
//   content.write(0, bytes);
//   content.truncate(10);                 // cuts off, or extends with zeros
//   content.read(0, into);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "core/base/bytes.h"

namespace holdfast::world {

class FileContent {
 public:
  std::uint64_t size() const { return size_; }

  // How many bytes there were to read.
  std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;
  // As many of so many bytes there as the file reaches.
  ByteBuffer read(std::uint64_t offset, std::uint64_t size) const;
  ByteBuffer read_all() const { return read(0, size_); }
  void write(std::uint64_t offset, Bytes bytes);
  // Changes bytes of [begin, end) where they lie, page by page.
  using Change = std::function<void(std::uint64_t begin, std::span<std::byte> bytes)>;
  void change(std::uint64_t begin, std::uint64_t end, const Change& change);
  void truncate(std::uint64_t size);

 private:
  static constexpr std::uint64_t kPage = 16 * 1024;
  using Page = std::array<std::byte, kPage>;

  const std::byte* page_byte(std::uint64_t offset) const;  // null where the page is all zeros
  void zero(std::uint64_t begin, std::uint64_t end);

  std::uint64_t size_ = 0;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace holdfast::world
