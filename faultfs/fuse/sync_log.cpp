#include "faultfs/fuse/sync_log.h"

#include <fmt/format.h>

#include "faultfs/model/json_text.h"

namespace holdfast::faultfs {

void SyncLog::named(std::string_view operation, std::string_view path) {
  if (log_) log_->append_stamped(fmt::format(R"("op":"{}","path":{}}})", operation, json_quoted(path)));
}

void SyncLog::renamed(std::string_view from, std::string_view to, bool exchange) {
  if (!log_) return;
  log_->append_stamped(fmt::format(R"("op":"rename","from":{},"to":{}{}}})", json_quoted(from),
                                   json_quoted(to), exchange ? R"(,"exchange":true)" : ""));
}

void SyncLog::truncated(std::string_view path, std::uint64_t end) {
  if (log_)
    log_->append_stamped(fmt::format(R"("op":"truncate","path":{},"end":{}}})", json_quoted(path), end));
}

void SyncLog::synced(std::string_view operation, std::string_view path, std::uint64_t end, Time start) {
  if (!log_) return;
  log_->append_stamped(fmt::format(R"("op":"{}","path":{},"end":{},"start":{}}})", operation,
                                   json_quoted(path), end, nanoseconds(start)));
}

void SyncLog::written(std::string_view path, std::uint64_t offset, std::uint64_t end, Time start) {
  if (!log_) return;
  log_->append_stamped(fmt::format(R"("op":"write","path":{},"offset":{},"end":{},"start":{}}})",
                                   json_quoted(path), offset, end, nanoseconds(start)));
}

void SyncLog::given_up(std::uint64_t inode, std::string_view path, std::uint64_t end, Time start) {
  if (!log_) return;
  {
    const std::lock_guard lock(mutex_);
    if (given_up_.size() >= kMostGivenUp) given_up_.erase(given_up_.begin());
    given_up_.insert(inode);
    any_given_up_ = true;
  }
  log_->append_stamped(fmt::format(R"("op":"given_up","path":{},"end":{},"start":{}}})", json_quoted(path),
                                   end, nanoseconds(start)));
}

void SyncLog::wrote(std::uint64_t inode, std::string_view path, std::uint64_t offset, std::uint64_t size) {
  if (!any_given_up_.load(std::memory_order_relaxed) || size == 0) return;
  {
    const std::lock_guard lock(mutex_);
    if (!given_up_.contains(inode)) return;
  }
  log_->append_stamped(fmt::format(R"("op":"rewritten","path":{},"offset":{},"end":{}}})", json_quoted(path),
                                   offset, offset + size));
}

void SyncLog::directory_synced(std::string_view path, Time start) {
  if (!log_) return;
  log_->append_stamped(
      fmt::format(R"("op":"fsyncdir","path":{},"start":{}}})", json_quoted(path), nanoseconds(start)));
}

}  // namespace holdfast::faultfs
