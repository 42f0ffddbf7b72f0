// The FileSystem port over POSIX. EINTR is retried, a hundred times at most; every descriptor is
// close-on-exec; a failed fsync is reported once and never repeated here, since a second one may lie (see
// file_system.h).
#pragma once

#include "core/env/file_system.h"

namespace holdfast::host {

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status make_directory(const std::string& path) override;
  Status remove_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<FileStat> stat(const std::string& path) override;
  Status sync_directory(const std::string& path) override;
  Result<Space> space(const std::string& path) override;
};

}  // namespace holdfast::host
