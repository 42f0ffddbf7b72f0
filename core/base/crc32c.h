// CRC32C (Castagnoli polynomial, RFC 3720 appendix B.4), the checksum of every frame. Uses the
// SSE4.2 instruction where the processor has it, a table elsewhere; both give the same value.
//
//   std::uint32_t crc = crc32c(header);
//   crc = crc32c(payload, crc);            // continues over more bytes
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace holdfast {

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);

// The portable version, for tests and for processors without SSE4.2.
std::uint32_t crc32c_table(std::span<const std::byte> bytes, std::uint32_t crc = 0);

}  // namespace holdfast
