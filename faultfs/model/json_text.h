// A JSON string literal of any bytes, for log lines that are written without a JSON library.
//
//   line += json_quoted(path);            // "spool/\"x\".seg" with its quotes
//
// Valid UTF-8 stays as it is; a byte that is not becomes \u00XX, so that every line parses. Pure.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::faultfs {

std::string json_quoted(std::string_view text);

}  // namespace holdfast::faultfs
