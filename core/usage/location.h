// One directory that holds the usage file, and how it is replaced, rotated and recovered there.
//
//   Location location(files, log, "/var/lib/app/usage", bounds);
//   auto found = location.read();                 // first; until it succeeds nothing is written here
//   location.replace(text);
//   location.close();
//
//   replace:  write usage.json.new, sync, read it back     a failure so far leaves all as it was
//             rename over usage.json, sync the directory   here the new file is durable
//             the same for usage.json.backup               only then, so one of the two is always whole
//
//   read:     usage.json -> usage.json.backup -> nothing, the book begins anew
//
// A file that is corrupt (no JSON, a member missing, a wrong checksum, a directory) is set aside under
// "usage.json.corrupt-1" and so on, never overwritten: of the first seven each is kept, of later ones
// the last. One that cannot be read is no reason to think that there is none: the location is then not
// known, and not written, until it can be. Used by one task; every call blocks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/base/bytes.h"
#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/usage/book.h"

namespace holdfast::usage {

inline constexpr std::string_view kFileName = "usage.json";
inline constexpr std::string_view kBackupName = "usage.json.backup";
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{256} << 20;

// The book that a file holds: Code::not_found, Code::corrupted (a directory is too), Code::unsupported,
// or why it cannot be read.
Result<Book> read_book(FileSystem& files, const std::string& path);

class Location {
 public:
  Location(FileSystem& files, Log& log, std::string directory)
      : files_(files), log_(log), directory_(std::move(directory)) {}

  struct Found {
    std::optional<Book> book;
    std::uint64_t set_aside = 0;  // corrupt files
  };
  // Makes the directory and takes its lock where that is possible, then reads what is there.
  // Code::busy when another tracker uses the directory.
  Result<Found> read();
  // What is there has been read. Without a lock it is read once more when there is one.
  bool known() const { return known_; }
  bool ready() const { return known_ && lock_ != nullptr; }

  // True when the backup is new as well; false when it stays as it was, older than the file.
  Result<bool> replace(Bytes text);
  // The file here does not belong to our history: kept for people, and no longer in the way.
  Status set_aside_file() {
    return set_aside(path(kFileName), "its history is not the one of the other copies");
  }
  Status close();

  const std::string& directory() const { return directory_; }

 private:
  std::string path(std::string_view name) const { return directory_ + "/" + std::string(name); }
  Status take_lock();
  Status put(std::string_view name, Bytes text);
  Status write_new(Bytes text);
  Status verify_new(Bytes text);
  Status set_aside(const std::string& path, const std::string& why);

  FileSystem& files_;
  Log& log_;
  std::string directory_;
  std::unique_ptr<File> lock_;
  bool known_ = false;
};

}  // namespace holdfast::usage
