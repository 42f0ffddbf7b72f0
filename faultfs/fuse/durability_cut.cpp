// Taking back what a power cut takes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "faultfs/fuse/bring_back.h"
#include "faultfs/fuse/durability.h"
#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// A directory that was synced itself has its names durably, and goes with them.
bool remove_any(int directory, const std::string& name) {
  std::error_code error;
  const auto removed = std::filesystem::remove_all(DescriptorPath(directory).c_str() + ("/" + name), error);
  errno = error ? error.value() : ENOENT;
  return !error && removed > 0;
}

template <class Entry>
void cap(std::vector<Entry>& list, std::uint64_t& left_out) {
  if (list.size() <= PowerCutReport::kMostListed) return;
  left_out += list.size() - PowerCutReport::kMostListed;
  list.resize(PowerCutReport::kMostListed);
}

std::string failure_of(const std::string& path) { return path + ": " + ::strerror(errno); }

}  // namespace

PowerCutReport Durability::cut(std::uint64_t seed, const CutOptions& options) {
  const std::lock_guard lock(mutex_);
  const PowerCut lost = ledger_.cut(seed, options);
  PowerCutReport report{.seed = seed, .kept_names = lost.kept_names, .lost_names = lost.names};
  for (const NameChange& change : lost.names) undo(change, report.failures);
  for (const FileUndo& file : lost.files) report.files.push_back(undo(file, report.failures));
  std::ranges::reverse(report.lost_names);
  std::ranges::sort(report.files, {}, &CutFile::path);
  report.settled = std::exchange(settled_, 0);
  cap(report.files, report.left_out);
  cap(report.lost_names, report.left_out);
  cap(report.kept_names, report.left_out);
  cap(report.failures, report.left_out);
  note_durable(lost.kept_names);
  (void)ledger_.clear();
  sync_everything();
  settled_ = 0;
  return report;
}

void Durability::undo(const NameChange& change, std::vector<std::string>& failures) {
  if (!undo(change)) failures.push_back(failure_of(change.path));
}

bool Durability::undo(const NameChange& change) {
  const int directory = pins_.descriptor(change.directory);
  const int to = pins_.descriptor(change.to_directory);
  const char* name = change.name.c_str();
  const char* to_name = change.to_name.c_str();
  switch (change.kind) {
    case NameChange::made: return remove_any(directory, change.name);
    case NameChange::removed: return bring_back(change.inode, directory, change.name);
    case NameChange::exchanged: return ::renameat2(directory, name, to, to_name, RENAME_EXCHANGE) == 0;
    case NameChange::renamed: break;
  }
  return ::renameat2(to, to_name, directory, name, RENAME_NOREPLACE) == 0 &&
         (change.replaced == 0 || bring_back(change.replaced, to, change.to_name));
}

// What is older refers to the inode that has the name now.
bool Durability::bring_back(std::uint64_t inode, int directory, const std::string& name) {
  Descriptor back = faultfs::bring_back(pins_.descriptor(inode), directory, name.c_str());
  if (!back) return false;
  struct stat status {};
  if (::fstat(*back, &status) == 0) written_.moved(inode, space_id(key_of(status)));
  pins_.replace(inode, std::move(back));
  return true;
}

CutFile Durability::undo(const FileUndo& file, std::vector<std::string>& failures) {
  CutFile seen{file.path, file.kept, file.lost, file.torn, file.size};
  const int descriptor = pins_.descriptor(file.inode);
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && status.st_nlink == 0) return seen;  // it is gone with its name
  if (!faultfs::revert(DescriptorPath(descriptor).c_str(), {file.writes, file.size}))
    failures.push_back(failure_of(file.path));
  const std::uint64_t inode = space_id(key_of(status));
  for (const auto& range : ledger_.unsynced(file.inode)) written_.forget(inode, range.begin, range.end);
  return seen;
}

}  // namespace holdfast::faultfs
