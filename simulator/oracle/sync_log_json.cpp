// The lines of faultfs' log of completed syncs.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "simulator/oracle/sync_log.h"

namespace holdfast::oracle {

namespace {

std::optional<DiskEvent::Kind> kind_from(const std::string& op) {
  using enum DiskEvent::Kind;
  static const std::map<std::string, DiskEvent::Kind> kinds = {
      {"create", create},     {"mkdir", mkdir},   {"fsync", fsync},       {"fdatasync", fsync},
      {"fsyncdir", fsyncdir}, {"rename", rename}, {"unlink", unlink},     {"rmdir", unlink},
      {"truncate", truncate}, {"write", fsync},   {"given_up", given_up}, {"rewritten", rewritten}};
  const auto found = kinds.find(op);
  if (found == kinds.end()) return std::nullopt;
  return found->second;
}

// Throws what the library throws when a field is missing or of the wrong type.
std::optional<DiskEvent> read_event(const nlohmann::json& line) {
  const auto kind = kind_from(line.at("op").get<std::string>());
  if (!kind) return std::nullopt;
  DiskEvent event{.kind = *kind, .time_ns = line.at("t").get<std::int64_t>()};
  const bool rename = *kind == DiskEvent::Kind::rename;
  event.path = line.at(rename ? "from" : "path").get<std::string>();
  if (rename) event.to = line.at("to").get<std::string>();
  if (rename) event.exchange = line.value("exchange", false);
  const bool sync = *kind == DiskEvent::Kind::fsync || *kind == DiskEvent::Kind::fsyncdir;
  if (sync) event.start_ns = line.at("start").get<std::int64_t>();
  if (*kind == DiskEvent::Kind::fsync || *kind == DiskEvent::Kind::truncate)
    event.end = line.at("end").get<std::uint64_t>();
  const bool rewritten = *kind == DiskEvent::Kind::rewritten;
  if (rewritten || *kind == DiskEvent::Kind::given_up) event.end = line.at("end").get<std::uint64_t>();
  if (rewritten) event.begin = line.at("offset").get<std::uint64_t>();
  if (*kind == DiskEvent::Kind::fsync) event.begin = line.value("offset", std::uint64_t{0});
  return event;
}

Result<DiskEvent> parse_line(std::string_view text, std::size_t number) {
  try {
    if (auto event = read_event(nlohmann::json::parse(text))) return *event;
    return fail(Code::corrupted, fmt::format("sync log, line {}: unknown operation", number));
  } catch (const nlohmann::json::exception& error) {
    return fail(Code::corrupted, fmt::format("sync log, line {}: {}", number, error.what()));
  }
}

}  // namespace

Result<std::vector<DiskEvent>> parse_sync_log(std::string_view text) {
  std::vector<DiskEvent> events;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const auto newline = text.find('\n');
    if (newline == std::string_view::npos) break;
    const auto line = text.substr(0, newline);
    text.remove_prefix(newline + 1);
    if (line.empty()) continue;
    auto event = parse_line(line, number);
    if (!event) return fail(event.error());
    events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace holdfast::oracle
