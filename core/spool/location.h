// One directory of the spool: its lock, its quarantine, its checkpoint, and what a start finds there.
//
//   Location location(files, log, "/var/spool/app");
//   if (auto opened = location.open(); !opened) ...       // Code::busy: another tracker has it
//   auto recovery = location.recover(seen);
//   location.probe();                                     // does it take files?
//   location.close();
//
// Used by one task at a time; directory() and opened() are safe from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/spool/checkpoint.h"
#include "core/spool/quarantine.h"
#include "core/spool/recovery.h"

namespace holdfast::spool {

class Location {
 public:
  Location(FileSystem& files, Log& log, std::string directory);

  const std::string& directory() const { return directory_; }
  bool opened() const { return opened_.load(); }

  // Creates the directory when absent and takes its lock.
  Status open();
  // Reads the segments that are wanted, all when nothing is said. What could not be read is left for
  // a later call, which recovery.unreadable is to ask for. Fails when the directory cannot be listed.
  Result<Recovery> recover(SeenRecords& seen, const Wanted& wanted = {});
  // Writes, syncs and removes a file of one block, which holds nothing.
  Status probe();
  // Nothing is written when the same was saved before.
  Status save_hint(Checkpoint checkpoint);
  Quarantine& quarantine() { return quarantine_; }
  // Frees the lock.
  Status close();

 private:
  Status take_lock();
  Status write_probe(const std::string& path);

  FileSystem& files_;
  Log& log_;
  const std::string directory_;
  Quarantine quarantine_;
  std::unique_ptr<File> lock_;
  std::atomic<bool> opened_{false};
  std::optional<Checkpoint> saved_;
};

}  // namespace holdfast::spool
