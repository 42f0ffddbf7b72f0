// Little-endian byte coding, the same on every machine. Readers check their bounds; a short input
// turns the reader bad and every later read gives zero.
//
//   ByteWriter w(buffer); w.u32(7); w.text8("gpt");
//   ByteReader r(bytes);  auto n = r.u32(); auto name = r.text8(); if (!r.ok()) ...
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace holdfast {

static_assert(std::endian::native == std::endian::little, "formats are little-endian; port the coders first");

using Bytes = std::span<const std::byte>;
using ByteBuffer = std::vector<std::byte>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Writes into memory that the caller has sized; appending past the end is a programmer error that
// callers exclude by checking sizes first.
class ByteWriter {
 public:
  explicit ByteWriter(std::byte* at) : at_(at) {}
  template <class T>
  void raw(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void u8(std::uint8_t v) { raw(v); }
  void u16(std::uint16_t v) { raw(v); }
  void u32(std::uint32_t v) { raw(v); }
  void u64(std::uint64_t v) { raw(v); }
  void i64(std::int64_t v) { raw(v); }
  void text8(std::string_view text) {
    u8(static_cast<std::uint8_t>(text.size()));
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  std::byte* position() const { return at_; }

 private:
  std::byte* at_;
};

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}
  template <class T>
  T raw() {
    T value{};
    if (bytes_.size() < sizeof value) {
      ok_ = false;
      bytes_ = {};
      return value;
    }
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_ = bytes_.subspan(sizeof value);
    return value;
  }
  std::uint8_t u8() { return raw<std::uint8_t>(); }
  std::uint16_t u16() { return raw<std::uint16_t>(); }
  std::uint32_t u32() { return raw<std::uint32_t>(); }
  std::uint64_t u64() { return raw<std::uint64_t>(); }
  std::int64_t i64() { return raw<std::int64_t>(); }
  std::string_view text8() {
    const std::size_t size = u8();
    if (bytes_.size() < size) {
      ok_ = false;
      bytes_ = {};
      return {};
    }
    auto text = as_text(bytes_.first(size));
    bytes_ = bytes_.subspan(size);
    return text;
  }
  std::size_t left() const { return bytes_.size(); }
  bool ok() const { return ok_; }

 private:
  Bytes bytes_;
  bool ok_ = true;
};

}  // namespace holdfast
