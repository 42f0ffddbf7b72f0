#include "core/spool/quarantine.h"

namespace holdfast::spool {

Quarantine::Quarantine(FileSystem& files, std::string spool_directory, std::uint64_t max_bytes)
    : files_(files), directory_(std::move(spool_directory) + "/quarantine"), max_bytes_(max_bytes) {}

Status Quarantine::prepare() {
  if (ready_) return {};
  auto made = make_directories(files_, directory_);
  ready_ = made.has_value();
  return made;
}

Status Quarantine::keep(const std::string& name, Bytes bytes) {
  if (kept_bytes_ + bytes.size() > max_bytes_) return fail(Code::no_space, directory_ + " holds its maximum");
  if (auto ready = prepare(); !ready) return ready;
  auto file = files_.open(directory_ + "/" + name, {.write = true, .create = true});
  if (!file) return fail(file.error());
  auto size = (*file)->size();
  Status status = size ? write_all(**file, *size, bytes) : Status(fail(size.error()));
  auto closed = (*file)->close();
  if (status) kept_bytes_ += bytes.size();
  return status ? closed : status;
}

Status Quarantine::keep_file(const std::string& path, const std::string& name) {
  if (auto ready = prepare(); !ready) return ready;
  return files_.rename(path, directory_ + "/" + name);
}

}  // namespace holdfast::spool
