#include "faultfs/model/sync_errors.h"

#include <algorithm>

namespace holdfast::faultfs {

void SyncErrors::fail(std::uint64_t inode, std::uint64_t newest_handle, const std::string& rule) {
  if (failures_.size() >= kMostFailures) failures_.erase(failures_.begin());
  failures_[inode] = {newest_handle, {}, rule};
}

const std::string* SyncErrors::tell(std::uint64_t inode, std::uint64_t handle, std::uint64_t newest_handle) {
  const auto found = failures_.find(inode);
  if (found == failures_.end()) return nullptr;
  Failure& failure = found->second;
  if (failure.told.empty()) failure.newest = std::max(failure.newest, newest_handle);
  if (handle > failure.newest) return nullptr;
  return failure.told.insert(handle).second ? &failure.rule : nullptr;
}

}  // namespace holdfast::faultfs
