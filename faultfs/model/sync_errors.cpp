#include "faultfs/model/sync_errors.h"

namespace holdfast::faultfs {

void SyncErrors::fail(std::uint64_t inode, std::uint64_t newest_handle, const std::string& rule) {
  if (failures_.size() >= kMostFailures) failures_.erase(failures_.begin());
  failures_[inode] = {newest_handle, {}, rule};
}

const std::string* SyncErrors::tell(std::uint64_t inode, std::uint64_t handle) {
  const auto found = failures_.find(inode);
  if (found == failures_.end()) return nullptr;
  Failure& failure = found->second;
  const bool was_open = handle <= failure.newest;
  if (!was_open && !failure.told.empty()) return nullptr;
  return failure.told.insert(handle).second ? &failure.rule : nullptr;
}

}  // namespace holdfast::faultfs
