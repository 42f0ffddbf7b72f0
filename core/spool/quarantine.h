// Where damaged bytes and refused records are kept for people to look at: the directory
// "quarantine" beside the segments. Keeping them is best effort (the disk may be the very thing
// that failed); counting them is not, and is the caller's.
//
//   quarantine.keep("0000002a.tail", bytes);
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.h"
#include "core/env/file_system.h"

namespace holdfast::spool {

class Quarantine {
 public:
  // Takes at most `max_bytes` over all its lives; beyond that only counts grow.
  Quarantine(FileSystem& files, std::string spool_directory, std::uint64_t max_bytes);

  // Adds to what is kept under this name. Called by one task at a time.
  Status keep(const std::string& name, Bytes bytes);
  // Keeps nothing when there is something under this name: a tail is the same at every restart.
  Status keep_once(const std::string& name, Bytes bytes);
  // Moves a whole segment aside.
  Status keep_file(const std::string& path, const std::string& name);

 private:
  Status prepare();
  Status append(const std::string& path, OpenMode mode, Bytes bytes);

  FileSystem& files_;
  std::string directory_;
  std::uint64_t max_bytes_;
  std::uint64_t kept_bytes_ = 0;
  bool ready_ = false;
};

}  // namespace holdfast::spool
