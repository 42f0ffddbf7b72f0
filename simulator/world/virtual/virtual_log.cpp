#include "simulator/world/virtual/virtual_log.h"

#include <cstdio>

namespace holdfast::world {
namespace {

const char* name_of(Log::Level level) {
  switch (level) {
    case Log::Level::debug: return "debug";
    case Log::Level::info: return "info";
    case Log::Level::warning: return "warning";
    case Log::Level::error: return "error";
  }
  return "info";
}

void print(const LogMessage& message) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto ns = nanoseconds(message.time);
  std::fprintf(stderr, "%lld.%09lld %s %s: %s\n", static_cast<long long>(ns / kSecond),
               static_cast<long long>(ns % kSecond), name_of(message.level), message.event.c_str(),
               message.text.c_str());
}

}  // namespace

void VirtualLog::write(Level level, std::string_view event, std::string_view message) {
  const HarnessScope scope;
  const memory::Allocating outside(nullptr);
  if (kernel_.heard()) kernel_.say(std::string(event), std::string(message));
  kernel_.note(PortCall::log, digest(digest(event), static_cast<std::uint64_t>(level)), digest(message));
  ++written_;
  if (messages_.size() >= settings_.keep && !messages_.empty()) messages_.pop_front();
  messages_.push_back({kernel_.now(), level, std::string(event), std::string(message)});
  if (settings_.print) print(messages_.back());
  if (settings_.keep == 0) messages_.clear();
}

}  // namespace holdfast::world
