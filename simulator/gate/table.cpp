#include "simulator/gate/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "simulator/gate/reproduce.h"

namespace holdfast::gate {
namespace {

using Cells = std::vector<std::vector<std::string>>;

constexpr std::array kMeasures{
    "retention.accepted", "retention.durable", "retention.delivered", "retention.calls", "oracle_ratio",
    "loss.unaccounted",   "duplicates",        "recovery.time",       "record.p99",      "record.p999"};
constexpr std::array kTitles{"accepted",    "durable",    "delivered", "calls",      "oracle",
                             "unaccounted", "duplicates", "recovery",  "record p99", "p99.9"};
constexpr std::size_t kWords = 3;  // columns of words, aligned left

std::string seeds_of(const Row& row) {
  const auto published = row.plays().size() - row.extra();
  return row.extra() == 0 ? std::to_string(published) : fmt::format("{}+{}", published, row.extra());
}

Cells cells_of(const std::vector<Row>& rows) {
  Cells cells{{"scenario", "subject", "world", "seeds"}};
  cells[0].insert(cells[0].end(), kTitles.begin(), kTitles.end());
  cells[0].push_back("verdict");
  for (const auto& row : rows) {
    auto& line = cells.emplace_back(
        std::vector<std::string>{row.title(), row.subject(), std::string(row.world()), seeds_of(row)});
    for (const char* measure : kMeasures) line.push_back(row.cell(measure));
    line.push_back(std::string(oracle::to_string(row.verdict())));
  }
  return cells;
}

std::string in_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
  return escaped;
}

const char* mark_of(const Row& row) {
  if (row.is_control()) return row.rejected() ? "rejected" : "not rejected";
  switch (row.verdict()) {
    case oracle::RunVerdict::pass: return "pass";
    case oracle::RunVerdict::fail: return "**fail**";
    case oracle::RunVerdict::inconclusive: return "*inconclusive*";
    case oracle::RunVerdict::invalid: return "**invalid**";
  }
  return "";
}

std::string markdown_table(const std::vector<Row>& rows) {
  std::string text;
  auto cells = cells_of(rows);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) cells[i].back() = mark_of(rows[i - 1]);
    text += "|";
    for (const auto& cell : cells[i]) text += " " + in_markdown(cell) + " |";
    text += "\n";
    if (i > 0) continue;
    for (std::size_t column = 0; column < cells[0].size(); ++column)
      text += column < kWords ? "|---" : "|--:";
    text += "|\n";
  }
  return text;
}

std::string heading_of(const Row& row) {
  return fmt::format("{} ({} {})", row.title(), row.subject(), row.world());
}

}  // namespace

std::string format_table(const std::vector<Row>& rows) {
  const Cells cells = cells_of(rows);
  std::vector<std::size_t> widths(cells[0].size(), 0);
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string text;
  for (const auto& line : cells) {
    for (std::size_t i = 0; i < line.size(); ++i)
      text += i < kWords ? fmt::format("{:<{}}  ", line[i], widths[i])
                         : fmt::format("{:>{}}  ", line[i], widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text;
}

std::string format_conclusion(const GateResult& result) {
  std::string text;
  for (const auto& row : result.rows) {
    if (!is_problem(row)) continue;
    for (const auto& reason : row.reasons()) text += heading_of(row) + ": " + reason + "\n";
    text += "  to see it again: " + reproduce(row, result.overrides) + "\n";
  }
  for (const auto& row : result.rows)
    if (row.extra() > 0)
      text +=
          fmt::format("{}: {} seeds beyond the published ones were played, since those could not decide\n",
                      heading_of(row), row.extra());
  for (const auto& sentence : result.self_check().sentences) text += "self-check: " + sentence + "\n";
  for (const auto& one : result.not_run) text += "not run: " + one.sentence(result.overrides) + "\n";
  if (result.interrupted) text += fmt::format("interrupted after {} rows\n", result.rows.size());
  return text + fmt::format("gate: {}\n", oracle::to_string(result.verdict()));
}

std::string format_markdown(const GateResult& result) {
  std::string text =
      fmt::format("## Holdfast: {}\n\n{}", oracle::to_string(result.verdict()), markdown_table(result.rows));
  text += "\nA cell is the value of one run, or the median of all with the worst in parentheses.\n";
  for (const auto& row : result.rows) {
    if (!is_problem(row)) continue;
    text += "\n### " + heading_of(row) + "\n\n";
    for (const auto& reason : row.reasons()) text += "- " + in_markdown(reason) + "\n";
    text += "\n```\n" + reproduce(row, result.overrides) + "\n```\n";
  }
  if (!result.plain) text += "\n### Self-check\n\n";
  for (const auto& sentence : result.self_check().sentences) text += "- " + in_markdown(sentence) + "\n";
  if (!result.not_run.empty()) text += "\n### Not run\n\n";
  for (const auto& one : result.not_run) text += "- " + in_markdown(one.sentence(result.overrides)) + "\n";
  if (result.interrupted) text += "\nInterrupted: not every scenario was played.\n";
  return text;
}

}  // namespace holdfast::gate
