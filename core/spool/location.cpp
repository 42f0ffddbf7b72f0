#include "core/spool/location.h"

#include <utility>

namespace holdfast::spool {
namespace {

constexpr std::uint64_t kQuarantineBytes = std::uint64_t{64} << 20;
constexpr std::size_t kProbeBytes = 4096;

}  // namespace

Location::Location(FileSystem& files, Log& log, std::string directory)
    : files_(files),
      log_(log),
      directory_(std::move(directory)),
      quarantine_(files, directory_, kQuarantineBytes) {}

Status Location::open() {
  if (auto made = make_directories(files_, directory_); !made) return made;
  if (auto locked = take_lock(); !locked) return locked;
  opened_.store(true);
  return {};
}

Status Location::take_lock() {
  const std::string path = directory_ + "/lock";
  auto file = files_.open(path, {.write = true, .create = true});
  if (!file) return fail(file.error());
  auto locked = (*file)->try_lock();
  if (locked && *locked) {
    lock_ = std::move(*file);
    return {};
  }
  auto closed = (*file)->close();
  if (!locked) return fail(locked.error());
  if (!closed) return closed;
  return fail(Code::busy, path + " is locked: another tracker uses this spool directory");
}

Result<Recovery> Location::recover(SeenRecords& seen, const Wanted& wanted) {
  return spool::recover(files_, directory_, quarantine_, seen, log_, wanted);
}

// As a commit would, so that what this one says holds for the next commit too.
Status Location::probe() {
  const std::string path = directory_ + "/probe";
  Status status = write_probe(path);
  if (status) status = files_.sync_directory(directory_);
  auto removed = files_.remove(path);
  return status ? removed : status;
}

Status Location::write_probe(const std::string& path) {
  auto file = files_.open(path, {.write = true, .create = true, .truncate = true});
  if (!file) return fail(file.error());
  Status status = write_all(**file, 0, ByteBuffer(kProbeBytes));
  if (status) status = (*file)->sync_data();
  auto closed = (*file)->close();
  return status ? closed : status;
}

Status Location::save_hint(Checkpoint checkpoint) {
  if (saved_ == checkpoint) return {};
  if (auto saved = save_checkpoint(files_, directory_, checkpoint); !saved) return saved;
  saved_ = std::move(checkpoint);
  return {};
}

Status Location::close() {
  opened_.store(false);
  saved_.reset();
  if (!lock_) return {};
  return std::exchange(lock_, nullptr)->close();
}

}  // namespace holdfast::spool
