// The Log port over spdlog, to standard error. Repeats of one event are held back: at most
// `per_event` lines of an event in a second, then one line that says how many were left out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "core/base/mutex.h"
#include "core/env/clock.h"
#include "core/env/log.h"

namespace spdlog {
class logger;
}

namespace holdfast::host {

class SpdlogLog final : public Log {
 public:
  explicit SpdlogLog(const Clock& clock, Level least = Level::info, std::uint32_t per_event = 5);
  ~SpdlogLog() override;
  void write(Level level, std::string_view event, std::string_view message) override;

 private:
  struct Recent {
    Time second_began;
    std::uint32_t written = 0;
    std::uint64_t left_out = 0;
  };

  const Clock& clock_;
  std::uint32_t per_event_;
  std::shared_ptr<spdlog::logger> logger_;
  base::Mutex mutex_;
  std::map<std::string, Recent, std::less<>> recent_;
};

}  // namespace holdfast::host
