#include "core/spool/quarantine.h"

namespace holdfast::spool {

Quarantine::Quarantine(FileSystem& files, std::string spool_directory, std::uint64_t max_bytes)
    : files_(files), directory_(std::move(spool_directory) + "/quarantine"), max_bytes_(max_bytes) {}

Status Quarantine::prepare() {
  if (ready_) return {};
  if (auto made = make_directories(files_, directory_); !made) return made;
  auto names = files_.list(directory_);
  if (!names) return fail(names.error());
  kept_bytes_ = 0;
  for (const auto& name : *names)
    if (auto stat = files_.stat(directory_ + "/" + name)) kept_bytes_ += stat->size;
  ready_ = true;
  return {};
}

Status Quarantine::keep(const std::string& name, Bytes bytes) {
  return append(directory_ + "/" + name, {.write = true, .create = true}, bytes);
}

Status Quarantine::keep_once(const std::string& name, Bytes bytes) {
  Status kept = append(directory_ + "/" + name, OpenMode::creating(), bytes);
  return !kept && kept.error().code == Code::exists ? Status{} : kept;
}

Status Quarantine::append(const std::string& path, OpenMode mode, Bytes bytes) {
  if (auto ready = prepare(); !ready) return ready;
  if (kept_bytes_ + bytes.size() > max_bytes_) return fail(Code::no_space, directory_ + " holds its maximum");
  auto file = files_.open(path, mode);
  if (!file) {
    ready_ = ready_ && file.error().code != Code::not_found;  // somebody removed the directory
    return fail(file.error());
  }
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
