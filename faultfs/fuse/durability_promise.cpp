// What the backing directory holds that was promised to be durable.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "core/base/utf8.h"
#include "faultfs/fuse/durability.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

PromisedName::Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return PromisedName::file;
  if (S_ISDIR(mode)) return PromisedName::directory;
  return S_ISLNK(mode) ? PromisedName::symlink : PromisedName::other;
}

std::uint64_t inode_of_path(const char* path) {
  struct stat status {};
  return ::stat(path, &status) == 0 ? space_id(key_of(status)) : 0;
}

}  // namespace

void Durability::note_durable(const std::vector<NameChange>& changes) {
  for (const NameChange& change : changes) {
    if (change.kind == NameChange::made) gone_.erase({change.directory, change.name});
    if (change.kind == NameChange::renamed) gone_.erase({change.to_directory, change.to_name});
    const bool goes = change.kind == NameChange::removed || change.kind == NameChange::renamed;
    if (goes && gone_.size() < kMostGone) gone_.insert({change.directory, change.name});
  }
}

void Durability::promise_file(std::uint64_t inode, PromisedFile file, std::uint64_t size,
                              Promise& promise) const {
  const bool is_promised = ledger_.is_promised(inode);
  const std::uint64_t durable = is_promised ? size : std::min(size, ledger_.durable_size(inode));
  file.runs = written_.runs(inode, ledger_.unpromised(inode), durable);
  if (file.runs.empty()) return;  // nobody wrote it here
  if (is_promised) file.size = size;
  promise.files.push_back(std::move(file));
}

void Durability::promise_gone(std::uint64_t directory, const std::string& path, Promise& promise) const {
  const std::string below = path.empty() ? "" : path + "/";
  for (auto gone = gone_.lower_bound({directory, ""}); gone != gone_.end() && gone->first == directory;
       ++gone)
    if (ledger_.is_durable(directory, gone->second)) promise.gone.push_back(below + gone->second);
}

// Directories are told from each other by their inodes: a name is as durable as it is in the directory,
// wherever that is by now.
Promise Durability::promised() const {
  const std::lock_guard lock(mutex_);
  Promise promise{.complete = written_.complete() && gone_.size() < kMostGone};
  const std::string root = std::string(DescriptorPath(root_).c_str()) + "/.";
  std::vector<std::uint64_t> directories = {inode_of_path(root.c_str())};  // by depth
  promise_gone(directories.back(), "", promise);
  std::error_code error;
  for (auto at = std::filesystem::recursive_directory_iterator(root, error);
       at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
    const std::string path = at->path().string().substr(root.size() + 1);
    struct stat status {};
    if (valid_utf8(path) != path || ::lstat(at->path().c_str(), &status) != 0) {  // JSON has no such text
      promise.complete = false;
      at.disable_recursion_pending();
      continue;
    }
    directories.resize(static_cast<std::size_t>(at.depth()) + 1);
    if (!ledger_.is_durable(directories.back(), at->path().filename().string())) {
      at.disable_recursion_pending();
      continue;
    }
    directories.push_back(space_id(key_of(status)));
    promise.names.push_back({path, kind_of(status.st_mode)});
    if (S_ISDIR(status.st_mode)) promise_gone(directories.back(), path, promise);
    if (S_ISREG(status.st_mode))
      promise_file(directories.back(), {.path = path}, static_cast<std::uint64_t>(status.st_size), promise);
  }
  if (error) promise.complete = false;
  std::ranges::sort(promise.gone);
  std::ranges::sort(promise.files, {}, &PromisedFile::path);
  std::ranges::sort(promise.names, {}, &PromisedName::path);
  return promise;
}

}  // namespace holdfast::faultfs
