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

void SyncLog::directory_synced(std::string_view path, Time start) {
  if (!log_) return;
  log_->append_stamped(
      fmt::format(R"("op":"fsyncdir","path":{},"start":{}}})", json_quoted(path), nanoseconds(start)));
}

}  // namespace holdfast::faultfs
