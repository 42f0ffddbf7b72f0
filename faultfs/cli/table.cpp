#include "faultfs/cli/table.h"

#include <algorithm>

namespace holdfast::faultfs::cli {
namespace {

bool is_number(const std::string& cell) {
  return !cell.empty() && std::ranges::all_of(cell, [](char sign) { return sign >= '0' && sign <= '9'; });
}

}  // namespace

std::string Table::text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - row[i].size(), ' ');
      line += (i == 0 ? "" : "  ") + (is_number(row[i]) ? space + row[i] : row[i] + space);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace holdfast::faultfs::cli
