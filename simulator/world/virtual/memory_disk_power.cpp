// How the lives of programs and of the power end on the memory disk.
#include <cerrno>
#include <utility>

#include "core/base/check.h"
#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::world {

void MemoryDisk::release_handles(NodeId node) {
  for (auto at = handles_.begin(); at != handles_.end();) {
    const auto handle = at++;
    if (handle->second.node != node) continue;
    const InodePtr inode = handle->second.inode;
    if (inode->sync && inode->sync->handle == handle->first) leave_sync(inode);
    release(handle->first);
  }
}

// Nobody waits for its answer any more. What has reached the device arrives there.
void MemoryDisk::leave_sync(const InodePtr& inode) {
  if (!inode->sync->arrives) {
    inode->sync.reset();
    return kernel_.wake_all(inode->sync_queue);
  }
  kernel_.at(*inode->sync->arrives, [this, inode, cuts = power_cuts_] {
    if (cuts == power_cuts_) (void)end_sync(*inode);
  });
}

// The files as the platter has them.
class MemoryDisk::Device final : public faultfs::Volume {
 public:
  explicit Device(MemoryDisk& disk) : disk_(disk) {}

  int remove(const faultfs::NamedPlace& named) override {
    const Place place = at(named.directory, named.name);
    if (place.inode == nullptr) return ENOENT;
    forget(place.inode);
    place.parent->directory.take(place.name);
    return 0;
  }

  int bring_back(std::uint64_t number, const faultfs::NamedPlace& named) override {
    const auto found = disk_.inodes_.find(number);
    if (found == disk_.inodes_.end()) return ENOENT;
    Inode& inode = *found->second;
    if (const int error = put(found->second, named.directory, named.name)) return error;
    const auto path = disk_.within_mount(disk_.path_of(inode));
    if (!path) return 0;
    disk_.injector_.brought_back(inode.number, inode.content.size(), *path, 0);
    disk_.capacity_.occupy(inode.number, 0, inode.content.size());
    return 0;
  }

  int move_back(const faultfs::NameChange& change) override {
    const Place from = at(change.to_directory, change.to_name);
    if (from.inode == nullptr) return ENOENT;
    const int error = put(from.inode, change.directory, change.name);
    if (error == 0) from.parent->directory.take(change.to_name);
    return error;
  }

  // The port has no such call.
  int exchange_back(const faultfs::NameChange&) override { return ENOSYS; }

  int revert(const faultfs::FileUndo& file) override {
    const auto found = disk_.inodes_.find(file.inode);
    if (found == disk_.inodes_.end() || found->second->parent == nullptr) return ENOENT;
    disk_.revert(*found->second, {file.writes, file.size});
    return 0;
  }

 private:
  MemoryDisk& disk_;

  Place at(std::uint64_t directory, const std::string& name) const {
    const auto parent = disk_.inodes_.find(directory);
    if (parent == disk_.inodes_.end()) return {};
    return {parent->second, name, parent->second->directory.find(name)};
  }

  int put(const InodePtr& inode, std::uint64_t directory, const std::string& name) {
    const Place place = at(directory, name);
    if (place.parent == nullptr) return ENOENT;
    if (place.inode != nullptr) return EEXIST;
    place.parent->directory.put(name, inode);
    inode->parent = place.parent.get();
    inode->name = name;
    ++disk_.path_epoch_;
    return 0;
  }

  // With all that is below it.
  void forget(const InodePtr& inode) {
    for (const auto& [name, child] : inode->directory.names()) forget(child);
    inode->directory = {};
    disk_.lose_name(*inode);
  }
};

faultfs::PowerCutReport MemoryDisk::power_cut(std::uint64_t seed, const faultfs::CutOptions& options) {
  HOLDFAST_CHECK(handles_.empty(), "a power cut comes when no node has a file open");
  ++power_cuts_;
  for (auto& [number, inode] : inodes_) inode->sync.reset();
  Device device(*this);
  faultfs::PowerCutReport report = take_back(device, ledger_.cut(seed, options), seed);
  report.settled = std::exchange(settled_, 0);
  lost_for_good(ledger_.clear());
  injector_.forget_unsynced();
  return report;
}

}  // namespace holdfast::world
