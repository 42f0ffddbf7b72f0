#include "simulator/run/trace_line.h"

#include <fmt/format.h>

namespace holdfast::run {

std::string format_line(const TraceLine& line) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::string text = fmt::format("{:>4}.{:09}  {} {:<12} {:<16} {}", line.at.count() / kSecond,
                                 line.at.count() % kSecond, line.node, line.who, line.what, line.about);
  if (!line.outcome.empty()) text += (line.about.empty() ? "" : " -> ") + line.outcome;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace holdfast::run
