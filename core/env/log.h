// The port to people: short structured messages, without payloads or secrets. Implementations limit
// the rate per event name and never block or throw. Safe from any thread.
//
//   env.log.write(Log::Level::warning, "spool.sealed", "a sync failed; 000012.seg is sealed at 4096 bytes");
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

class Log {
 public:
  enum class Level : std::uint8_t { debug, info, warning, error };
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view event, std::string_view message) = 0;
};

}  // namespace holdfast
