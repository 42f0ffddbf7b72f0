// Who must still be told that a sync failed, as the kernel keeps it (errseq_t): once each open file of the
// time, and whoever opens the file before any of them was told.
//
//   errors.fail(inode, newest_handle, rule);      // any handle up to the newest was open then
//   if (const auto* rule = errors.tell(inode, handle, newest_handle)) ... EIO, owed by that rule ...
//
// Handles are numbered in order of their opening. Pure. At most kMostFailures inodes are remembered, and
// of each the latest failure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace holdfast::faultfs {

class SyncErrors {
 public:
  static constexpr std::size_t kMostFailures = 10'000;

  void fail(std::uint64_t inode, std::uint64_t newest_handle, const std::string& rule);
  // The name of the rule whose failure this handle is told of now; null when it is owed nothing.
  const std::string* tell(std::uint64_t inode, std::uint64_t handle, std::uint64_t newest_handle);
  void forget(std::uint64_t inode) { failures_.erase(inode); }
  void clear() { failures_.clear(); }

 private:
  struct Failure {
    std::uint64_t newest = 0;  // handle that is owed it
    std::set<std::uint64_t> told;
    std::string rule;
  };
  std::map<std::uint64_t, Failure> failures_;
};

}  // namespace holdfast::faultfs
