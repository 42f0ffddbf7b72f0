#include "core/spool/checkpoint.h"

#include "core/base/bytes.h"
#include "core/base/crc32c.h"

namespace holdfast::spool {
namespace {

// u64 magic, u32 next segment, u32 entries, then {u32 id, u32 prefix, u64 epoch} each, u32 crc32c.
constexpr std::uint64_t kCheckpointMagic = 0x3154504b43534648ULL;  // "HFSCKPT1"
constexpr std::size_t kFixedBytes = 16;
constexpr std::size_t kEntryBytes = 16;
constexpr std::uint64_t kMaxBytes = 16 << 20;

std::string path_of(const std::string& directory) { return directory + "/checkpoint"; }

ByteBuffer encode(const Checkpoint& checkpoint) {
  ByteBuffer bytes(kFixedBytes + checkpoint.segments.size() * kEntryBytes + 4);
  ByteWriter out(bytes.data());
  out.u64(kCheckpointMagic);
  out.u32(checkpoint.next_segment);
  out.u32(static_cast<std::uint32_t>(checkpoint.segments.size()));
  for (const auto& [id, entry] : checkpoint.segments) {
    out.u32(id);
    out.u32(entry.settled_prefix);
    out.u64(entry.epoch);
  }
  out.u32(crc32c(Bytes(bytes).first(bytes.size() - 4)));
  return bytes;
}

Status write_new(FileSystem& files, const std::string& path, Bytes bytes) {
  auto file = files.open(path, {.write = true, .create = true, .truncate = true});
  if (!file) return fail(file.error());
  Status status = write_all(**file, 0, bytes);
  if (status) status = (*file)->sync();
  auto closed = (*file)->close();
  return status ? closed : status;
}

}  // namespace

Status save_checkpoint(FileSystem& files, const std::string& directory, const Checkpoint& checkpoint) {
  const std::string temporary = path_of(directory) + ".new";
  if (auto written = write_new(files, temporary, encode(checkpoint)); !written) {
    (void)files.remove(temporary);
    return written;
  }
  if (auto renamed = files.rename(temporary, path_of(directory)); !renamed) return renamed;
  return files.sync_directory(directory);
}

Result<Checkpoint> load_checkpoint(FileSystem& files, const std::string& directory) {
  auto bytes = read_file(files, path_of(directory), kMaxBytes);
  if (!bytes) return fail(bytes.error());
  ByteReader in(*bytes);
  const std::uint64_t magic = in.u64();
  Checkpoint checkpoint;
  checkpoint.next_segment = in.u32();
  const std::uint64_t entries = in.u32();
  if (!in.ok() || magic != kCheckpointMagic || bytes->size() != kFixedBytes + entries * kEntryBytes + 4)
    return fail(Code::corrupted, path_of(directory) + " is not a checkpoint");
  if (crc32c(Bytes(*bytes).first(bytes->size() - 4)) != ByteReader(Bytes(*bytes).last(4)).u32())
    return fail(Code::corrupted, path_of(directory) + " is damaged");
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint32_t id = in.u32();
    Checkpoint::Entry entry;
    entry.settled_prefix = in.u32();
    entry.epoch = in.u64();
    checkpoint.segments[id] = entry;
  }
  return checkpoint;
}

}  // namespace holdfast::spool
