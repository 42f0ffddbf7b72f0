#include "core/host/spdlog_log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace holdfast::host {
namespace {

spdlog::level::level_enum level_of(Log::Level level) {
  switch (level) {
    case Log::Level::debug: return spdlog::level::debug;
    case Log::Level::info: return spdlog::level::info;
    case Log::Level::warning: return spdlog::level::warn;
    case Log::Level::error: return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

SpdlogLog::SpdlogLog(const Clock& clock, Level least, std::uint32_t per_event)
    : clock_(clock),
      per_event_(per_event),
      logger_(
          std::make_shared<spdlog::logger>("holdfast", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(level_of(least));
  logger_->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
}

SpdlogLog::~SpdlogLog() = default;

void SpdlogLog::write(Level level, std::string_view event, std::string_view message) {
  const auto severity = level_of(level);
  if (!logger_->should_log(severity)) return;
  std::uint64_t left_out = 0;
  {
    base::MutexLock lock(mutex_);
    auto found = recent_.find(event);
    if (found == recent_.end()) found = recent_.emplace(std::string(event), Recent{}).first;
    auto& recent = found->second;
    const Time now = clock_.now();
    if (now - recent.second_began >= std::chrono::seconds(1)) {
      left_out = recent.left_out;
      recent = Recent{.second_began = now};
    }
    if (recent.written >= per_event_) {
      ++recent.left_out;
      return;
    }
    ++recent.written;
  }
  if (left_out > 0) logger_->log(severity, "{}: {} more in the second before", event, left_out);
  logger_->log(severity, "{}: {}", event, message);
}

}  // namespace holdfast::host
