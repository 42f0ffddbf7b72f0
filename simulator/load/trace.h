// A recorded load: the CSV of the Azure LLM inference traces.
//
//   TIMESTAMP,ContextTokens,GeneratedTokens
//   2023-11-16 18:17:03.9799600,4808,10
//
//   auto rows = read_trace("azure-llm-2023-code.csv");
//   rows->front().offset;       // 0: offsets count from the first row
//
// Carriage returns, empty lines at the end, a last line without newline, traces of several days and a
// "+00:00" after the time are fine. Rows must be in order of time. Errors begin with file:line. Pure but
// for reading the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::load {

struct TraceRow {
  Duration offset{0};
  std::uint32_t input_tokens = 0;
  std::uint32_t output_tokens = 0;
};

Result<std::vector<TraceRow>> read_trace(const std::string& path);
Result<std::vector<TraceRow>> parse_trace(std::string_view text, const std::string& file_name);

}  // namespace holdfast::load
