// Every option in one table: its dotted path, kind, range and purpose. Validation, the JSON reader
// and docs/defaults.md all come from it; the default is what a fresh Options holds.
//
//   auto status = validate(options);                        // ranges, then what must agree
//   for (const auto& row : option_table()) print(row.path, option_text(row, options));
//   auto status = set_option(*find_option("ring.bytes"), options, "64KiB");
//
// Errors name the option, what was found and what is allowed. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/options.h"

namespace holdfast::config {

enum class OptionKind : std::uint8_t {
  duration,  // "250ms"
  size,      // "64MiB"
  count,     // 100
  text,      // a path or a URL; the range is that of its length
  mode,      // one of a few names
};

using OptionField = std::variant<Duration& (*)(Options&), std::uint64_t& (*)(Options&),
                                 std::string& (*)(Options&), SpoolMode& (*)(Options&)>;

struct OptionRow {
  std::string_view path;  // "spool.max_bytes"
  OptionKind kind;
  std::uint64_t min;  // nanoseconds, bytes, a count or characters; unused by a mode
  std::uint64_t max;
  OptionField field;
  std::string_view help;  // one sentence: the purpose
};

std::span<const OptionRow> option_table();
const OptionRow* find_option(std::string_view path);

// The keys below a dotted prefix, in the order of the table: "" gives ring, collector, spool, ...
std::vector<std::string_view> option_keys(std::string_view prefix);

// The value as set_option() reads it; a count in digits.
std::string option_text(const OptionRow& row, const Options& options);
// "10us to 1s", "4KiB to 1GiB", "\"always\"".
std::string option_range(const OptionRow& row);

// Parses `text` by the option's kind and checks its range. On error the options are unchanged.
Status set_option(const OptionRow& row, Options& options, std::string_view text);
// The same for a count that is a number already.
Status set_option(const OptionRow& row, Options& options, std::uint64_t count);

// Options that must agree with each other, and a sentence for each that does not.
struct Disagreement {
  std::string_view path;  // the option to change
  std::string message;
};
std::vector<Disagreement> disagreements(const Options& options);

// Every option within its range, and all in agreement; else the first that is not.
Status validate(const Options& options);

// The page docs/defaults.md.
std::string options_markdown();

}  // namespace holdfast::config
