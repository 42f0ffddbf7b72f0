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
//
// t: CLOCK_MONOTONIC ns at completion; start: when the request arrived; end: the file's size then, or where
// the write ended.
// Only what succeeded on the backing directory is logged, before the caller hears of it. Safe from
// any thread.
#pragma once

#include <cstdint>
#include <memory>
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

 private:
  std::unique_ptr<LineLog> log_;
};

}  // namespace holdfast::faultfs
