// The Log port of a world: keeps the latest messages with their virtual times, bounded, and prints
// them too when asked. What is printed changes nothing in the world.
//
//   VirtualLog log(kernel, {.print = true});
//   log.messages().back().event == "spool.sealed"
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "core/env/log.h"
#include "simulator/world/virtual/kernel.h"

namespace holdfast::world {

struct LogSettings {
  std::size_t keep = 1000;  // messages; older ones go
  bool print = false;       // to standard error
};

struct LogMessage {
  Time time;
  Log::Level level{};
  std::string event;
  std::string text;
};

class VirtualLog final : public Log {
 public:
  VirtualLog(Kernel& kernel, LogSettings settings) : kernel_(kernel), settings_(settings) {}
  void write(Level level, std::string_view event, std::string_view message) override;

  const std::deque<LogMessage>& messages() const { return messages_; }
  std::uint64_t written() const { return written_; }

 private:
  Kernel& kernel_;
  LogSettings settings_;
  std::deque<LogMessage> messages_;
  std::uint64_t written_ = 0;
};

}  // namespace holdfast::world
