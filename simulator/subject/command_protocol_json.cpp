#include "simulator/subject/command_protocol_json.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/nearest.h"

namespace holdfast::subject {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kReasons[] = {"quarantined", "expired", "shutdown"};  // by DropReason, from 1

// The members below throw what the library throws when one is missing or of the wrong type.

DurableLine durable_of(const Json& line) {
  return {.references = line.at("references").get<std::vector<std::uint64_t>>(),
          .path = line.at("path").get<std::string>(),
          .begin = line.at("begin").get<std::uint64_t>(),
          .end = line.at("end").get<std::uint64_t>()};
}

Result<LedgerLine> dropped_of(const Json& line) {
  const auto reason = line.at("reason").get<std::string>();
  for (std::size_t i = 0; i < std::size(kReasons); ++i)
    if (reason == kReasons[i])
      return DroppedLine{line.at("references").get<std::vector<std::uint64_t>>(),
                         static_cast<DropReason>(i + 1)};
  return fail(Code::invalid, "found the reason \"" + reason + "\"" + allowed_names(reason, kReasons));
}

Result<LedgerLine> line_of(const Json& line) {
  constexpr std::string_view kEvents[] = {"durable", "dropped"};
  const auto event = line.at("event").get<std::string>();
  if (event == "durable") return durable_of(line);
  if (event == "dropped") return dropped_of(line);
  return fail(Code::invalid, "found the event \"" + event + "\"" + allowed_names(event, kEvents));
}

}  // namespace

std::string record_line(const UsageRecord& record) {
  const Json line = {{"reference", record.reference},
                     {"time", record.time_ns},
                     {"model", record.model},
                     {"provider", record.provider},
                     {"operation", record.operation},
                     {"input_tokens", record.input_tokens},
                     {"output_tokens", record.output_tokens},
                     {"latency_us", record.latency_us},
                     {"cost_nanousd", record.cost_nanousd}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<LedgerLine> parse_ledger_line(std::string_view line) {
  try {
    return line_of(Json::parse(line));
  } catch (const Json::exception& problem) {
    return fail(Code::invalid, problem.what());
  }
}

}  // namespace holdfast::subject
