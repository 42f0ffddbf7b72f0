#include "simulator/load/trace.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "simulator/scenario/check.h"
#include "simulator/scenario/text_file.h"

namespace holdfast::load {
namespace {

constexpr std::string_view kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";
constexpr std::string_view kTimeForm = "0000-00-00 00:00:00";

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool has_form(std::string_view text) {
  for (std::size_t i = 0; i < kTimeForm.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kTimeForm[i] == '0' ? !digit : text[i] != kTimeForm[i]) return false;
  }
  return true;
}

// ".97996" is 979'960'000 ns; at most nine digits.
std::optional<Duration> fraction_of(std::string_view text) {
  if (text.empty()) return Duration(0);
  if (text[0] != '.' || text.size() < 2 || text.size() > 10) return std::nullopt;
  std::string digits(text.substr(1));
  digits.resize(9, '0');
  const auto value = number(digits);
  return value ? std::optional(Duration(*value)) : std::nullopt;
}

// "2023-11-16 18:17:03.9799600", since the Unix epoch.
std::optional<Duration> time_of(std::string_view text) {
  if (text.ends_with("+00:00")) text.remove_suffix(6);
  if (text.size() < kTimeForm.size() || !has_form(text)) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t length) { return *number(text.substr(at, length)); };
  const std::chrono::year_month_day day(std::chrono::year(static_cast<int>(part(0, 4))),
                                        std::chrono::month(part(5, 2)), std::chrono::day(part(8, 2)));
  // Within what a Duration can count.
  if (!day.ok() || part(0, 4) < 1970 || part(0, 4) > 2200) return std::nullopt;
  if (part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 60) return std::nullopt;
  const auto fraction = fraction_of(text.substr(kTimeForm.size()));
  if (!fraction) return std::nullopt;
  return std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(part(11, 2)) +
         std::chrono::minutes(part(14, 2)) + std::chrono::seconds(part(17, 2)) + *fraction;
}

// One line after another, without their ends.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::size_t number() const { return number_; }

  std::optional<std::string_view> next() {
    if (rest_.empty()) return std::nullopt;
    ++number_;
    const auto end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  bool only_empty_left() const { return rest_.find_first_not_of("\r\n") == rest_.npos; }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

// The row with its time since the epoch, or what is wrong with it.
Result<TraceRow> row_of(std::string_view line) {
  const auto first = line.find(',');
  const auto second = first == line.npos ? line.npos : line.find(',', first + 1);
  const std::string found = "found \"" + std::string(line.substr(0, 100)) + "\"; ";
  if (second == line.npos || line.find(',', second + 1) != line.npos)
    return fail(Code::invalid, found + "allowed: three values, " + std::string(kHeader));
  const auto time = time_of(line.substr(0, first));
  if (!time) return fail(Code::invalid, found + "allowed: a time like 2023-11-16 18:17:03.9799600");
  const auto input = number(line.substr(first + 1, second - first - 1));
  const auto output = number(line.substr(second + 1));
  if (!input || !output) return fail(Code::invalid, found + "allowed: token counts as whole numbers");
  return TraceRow{*time, *input, *output};
}

}  // namespace

Result<std::vector<TraceRow>> parse_trace(std::string_view text, const std::string& file_name) {
  Lines lines(text);
  const auto wrong = [&](const std::string& message) {
    return fail(Code::invalid,
                file_name + ":" + std::to_string(std::max<std::size_t>(1, lines.number())) + ": " + message);
  };
  const auto header = lines.next();
  if (!header || *header != kHeader)
    return wrong("found \"" + std::string(header.value_or("").substr(0, 100)) + "\"; allowed: the header " +
                 std::string(kHeader));
  std::vector<TraceRow> rows;
  Duration first{0};
  while (!lines.only_empty_left()) {
    auto row = row_of(*lines.next());
    if (!row) return wrong(row.error().message);
    if (rows.empty()) first = row->offset;
    row->offset -= first;
    if (!rows.empty() && row->offset < rows.back().offset)
      return wrong("the time goes back; allowed: rows in order of time");
    if (rows.size() == scenario::kMostArrivals)
      return wrong("more than " + std::to_string(scenario::kMostArrivals) +
                   " rows; play a part of the trace");
    rows.push_back(*row);
  }
  if (rows.empty()) return wrong("no row follows the header; there is nothing to play");
  return rows;
}

Result<std::vector<TraceRow>> read_trace(const std::string& path) {
  const auto text = scenario::read_text_file(path);
  if (!text) return fail(text.error());
  return parse_trace(*text, path);
}

}  // namespace holdfast::load
