// Moving bytes between memory and an open backing file: all of them, whatever the system calls give at a
// time, or the pieces that a fault left of a write.
//
//   ssize_t got = read_whole(descriptor, bytes, offset);    // short only at the end of the file
//   ssize_t done = write_whole(descriptor, bytes, offset);  // -1 and errno only when nothing was written
//   if (!write_pieces(descriptor, bytes, offset, pieces)) ... errno ...
//
// Blocks as pread and pwrite do. Safe from any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "faultfs/model/byte_effects.h"
#include "faultfs/model/unsynced.h"

namespace holdfast::faultfs {

ssize_t read_whole(int descriptor, std::span<std::byte> into, std::uint64_t offset);
// `synced`: RWF_SYNC or RWF_DSYNC when the bytes must be durable before it returns.
ssize_t write_whole(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset, int synced = 0);

// Of a write of `bytes` at `offset` only these; then the file is as long as if all had come, and what never
// came reads as zeros. False with errno when a piece could not be written.
bool write_pieces(int descriptor, std::span<const std::byte> bytes, std::uint64_t offset,
                  const std::vector<Piece>& pieces, int synced = 0);

// Makes a file what it was. False with errno when that failed.
bool revert(const char* path, const Reversal& reversal);

// Takes off the set-id bits as the kernel does when somebody without privilege writes or cuts a file.
void drop_set_id(const char* path);

// What a file holds there now, as far as it reaches. `path` opens it again, since a file that is open for
// writing alone cannot be read. Nothing when that failed.
std::optional<std::vector<std::byte>> bytes_there(const char* path, std::uint64_t offset, std::uint64_t size);

}  // namespace holdfast::faultfs
