// What the harness and a subject that is another program say to each other, as JSON lines. The
// program reads records on its standard input; what it writes to the descriptor HOLDFAST_LEDGER_FD
// is optional. docs/formats.md has the whole of it.
//
//   record_line(record)     {"reference":12,"time":1767225600000000000,"model":"gpt-4o-mini",...}
//   parse_ledger_line(R"({"event":"durable","references":[12,13],"path":"journal","begin":0,"end":512})")
//
// A line that is not understood is an error that says what was found. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/observer.h"
#include "core/record.h"

namespace holdfast::subject {

// These records are durable: the bytes [begin, end) of `path` hold them, and its name is durable too.
struct DurableLine {
  std::vector<std::uint64_t> references;
  std::string path;  // relative to HOLDFAST_DIR, or absolute
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// These records have been given up.
struct DroppedLine {
  std::vector<std::uint64_t> references;
  DropReason reason = DropReason::none;
};

using LedgerLine = std::variant<DurableLine, DroppedLine>;

// With its newline.
std::string record_line(const UsageRecord& record);
Result<LedgerLine> parse_ledger_line(std::string_view line);

}  // namespace holdfast::subject
