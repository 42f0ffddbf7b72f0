// The log of what really became durable or got its name, in order of completion: what durability
// claims are checked against.
//
//   {"t":9,"op":"create","path":"spool/1.seg"}                      also link, symlink, mknod
//   {"t":9,"op":"fsync","path":"spool/1.seg","end":4096,"start":7}  and fdatasync
//   {"t":9,"op":"write","path":"spool/1.seg","offset":0,"end":512,"start":7}   through O_SYNC or O_DSYNC
//   {"t":9,"op":"fsyncdir","path":"spool","start":8}
//   {"t":9,"op":"rename","from":"a","to":"b"}                       "exchange":true when both stay
//   {"t":9,"op":"unlink","path":"b"}                                and rmdir, mkdir
//   {"t":9,"op":"truncate","path":"spool/1.seg","end":0}
//   {"t":9,"op":"given_up","path":"spool/1.seg","end":8192,"start":7}    what is dirty is written by no sync
//   {"t":9,"op":"rewritten","path":"spool/1.seg","offset":0,"end":512}   of a file with bytes given up
//
// t: CLOCK_MONOTONIC ns at completion; start: when the request arrived; end: the file's size then, or where
// the write ended.
// Only what succeeded on the backing directory is logged, and what a failed sync gave up, before the caller
// hears of it. Safe from any thread. Of at most kMostGivenUp files it is known that bytes were given up.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "faultfs/fuse/line_log.h"

namespace holdfast::faultfs {

class SyncLog {
 public:
  // Null: nothing is logged.
  explicit SyncLog(std::unique_ptr<LineLog> log) : log_(std::move(log)) {}

  bool on() const { return log_ != nullptr; }
  std::uint64_t lost() const { return log_ ? log_->lost() : 0; }

  void named(std::string_view operation, std::string_view path);
  void renamed(std::string_view from, std::string_view to, bool exchange);
  void truncated(std::string_view path, std::uint64_t end);
  void synced(std::string_view operation, std::string_view path, std::uint64_t end, Time start);
  void written(std::string_view path, std::uint64_t offset, std::uint64_t end, Time start);
  void directory_synced(std::string_view path, Time start);
  // A sync failed: of the first `end` bytes, those that no earlier sync wrote will never be written.
  void given_up(std::uint64_t inode, std::string_view path, std::uint64_t end, Time start);
  // Every write is told; of files with bytes given up it is logged, for these may be written by a sync again.
  void wrote(std::uint64_t inode, std::string_view path, std::uint64_t offset, std::uint64_t size);

 private:
  static constexpr std::size_t kMostGivenUp = 10'000;

  std::unique_ptr<LineLog> log_;
  std::atomic<bool> any_given_up_{false};
  std::mutex mutex_;
  std::set<std::uint64_t> given_up_;  // inodes
};

}  // namespace holdfast::faultfs
