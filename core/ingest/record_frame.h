// The bytes of one record, from the producer's ring to the spool: at most 104 of them.
//
//    0  i64 time_ns          24  u32 input_tokens     36  u8 size of model
//    8  u64 reference        28  u32 output_tokens    37  u8 size of provider
//   16  u64 cost_nanousd     32  u32 latency_us       38  u8 size of operation
//                                                     39  u8 version (1)
//   40  model, provider, operation, without separators
//
//   std::size_t size = frame_size(record);        // after text_fits(record)
//   write_frame(record, at);
//   auto record = read_frame(bytes);              // nullopt when damaged; strings point into bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

#include "core/base/bytes.h"
#include "core/record.h"

namespace holdfast::ingest {

inline constexpr std::size_t kFrameFixedBytes = 40;
inline constexpr std::size_t kMaxFrameBytes = kFrameFixedBytes + kMaxTextBytes;
inline constexpr std::uint8_t kFrameVersion = 1;

inline bool text_fits(const UsageRecord& record) noexcept {
  return record.model.size() + record.provider.size() + record.operation.size() <= kMaxTextBytes;
}

inline std::size_t frame_size(const UsageRecord& record) noexcept {
  return kFrameFixedBytes + record.model.size() + record.provider.size() + record.operation.size();
}

template <class Word>
void copy_word(std::byte* to, const char* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  std::memcpy(to, &word, sizeof word);
}

// Copies a short text without a call: in words that may overlap, never past either end.
inline std::byte* copy_text(std::byte* to, std::string_view text) noexcept {
  const char* from = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) copy_word<std::uint64_t>(to + at, from + at);
    copy_word<std::uint64_t>(to + size - 8, from + size - 8);
  } else if (size >= 4) {
    copy_word<std::uint32_t>(to, from);
    copy_word<std::uint32_t>(to + size - 4, from + size - 4);
  } else {
    for (std::size_t at = 0; at < size; ++at) copy_word<std::uint8_t>(to + at, from + at);
  }
  return to + size;
}

inline void write_frame(const UsageRecord& record, std::byte* at) noexcept {
  ByteWriter out(at);
  out.i64(record.time_ns);
  out.u64(record.reference);
  out.u64(record.cost_nanousd);
  out.u32(record.input_tokens);
  out.u32(record.output_tokens);
  out.u32(record.latency_us);
  out.u8(static_cast<std::uint8_t>(record.model.size()));
  out.u8(static_cast<std::uint8_t>(record.provider.size()));
  out.u8(static_cast<std::uint8_t>(record.operation.size()));
  out.u8(kFrameVersion);
  std::byte* text = copy_text(out.position(), record.model);
  text = copy_text(text, record.provider);
  copy_text(text, record.operation);
}

std::optional<UsageRecord> read_frame(Bytes bytes);

// Fields at fixed places, for those who need no more.
std::int64_t frame_time(Bytes frame);
void stamp_frame(std::span<std::byte> frame, std::int64_t time_ns);
std::uint64_t frame_reference(Bytes frame);

// The numbers and the names apart, for who sums up records by their names. The bytes of the names are
// the same whenever the names are.
struct FrameNumbers {
  std::int64_t time_ns = 0;
  std::uint64_t cost_nanousd = 0;
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
  std::uint32_t latency_us = 0;
};
inline FrameNumbers read_numbers(Bytes frame) {
  ByteReader in(frame);
  FrameNumbers numbers;
  numbers.time_ns = in.i64();
  (void)in.u64();  // the reference
  numbers.cost_nanousd = in.u64();
  numbers.input_tokens = in.u32();
  numbers.output_tokens = in.u32();
  numbers.latency_us = in.u32();
  return numbers;
}
inline constexpr std::size_t kMaxNameBytes = 4 + kMaxTextBytes;
inline Bytes frame_names(Bytes frame) { return frame.subspan(kFrameFixedBytes - 4); }

struct FrameNames {
  std::string_view model, provider, operation;
};
FrameNames read_names(Bytes names);  // what frame_names() gave; the strings point into it

}  // namespace holdfast::ingest
