#include "simulator/gate/github.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/gate/table.h"

namespace holdfast::gate {
namespace {

// A command is a line: what would end it, or a property of it, is written as URLs do.
std::string escape(std::string_view text, bool property) {
  std::string escaped;
  for (const char c : text) {
    const bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
    escaped += special ? fmt::format("%{:02X}", static_cast<unsigned>(c)) : std::string(1, c);
  }
  return escaped;
}

std::string path_in(std::string_view workspace, std::string path) {
  if (!workspace.empty() && path.starts_with(workspace)) path.erase(0, workspace.size());
  while (!path.empty() && path.front() == '/' && !workspace.empty()) path.erase(0, 1);
  return path;
}

std::string command(const Row& row, std::size_t line, std::string_view workspace, std::string_view message) {
  return fmt::format("::error file={},line={},title={}::{}",
                     escape(path_in(workspace, row.scenario().file), true), std::max<std::size_t>(line, 1),
                     escape(fmt::format("{} ({} {})", row.title(), row.subject(), row.world()), true),
                     escape(message, false));
}

bool tells(const Judged& judged) {
  return judged.verdict != RequirementVerdict::pass && judged.verdict != RequirementVerdict::not_judged;
}

// The stress target stands in no file; it belongs to its phase.
std::size_t line_of(const Row& row, const Requirement& requirement) {
  if (!requirement.is_target()) return requirement.expectation.line;
  const auto& phases = row.scenario().phases;
  const auto phase = std::ranges::find(phases, requirement.phase, &scenario::Phase::name);
  return phase == phases.end() ? 1 : phase->line;
}

}  // namespace

std::vector<std::string> annotations(const GateResult& result, std::string_view workspace) {
  std::vector<std::string> lines;
  for (const auto& row : result.rows) {
    if (!is_problem(row)) continue;
    for (const auto& play : row.plays())
      if (play.soundness != oracle::RunVerdict::pass && !play.reasons.empty())
        lines.push_back(
            command(row, 1, workspace, fmt::format("seed {}: {}", play.seed, play.reasons.front())));
    for (const auto& judged : row.judged())
      if (tells(judged) && !row.is_control())
        lines.push_back(command(row, line_of(row, judged.requirement), workspace, judged.reason()));
  }
  const auto check = result.self_check();
  if (check.failed)
    lines.push_back("::error title=self-check::" +
                    escape(fmt::format("{}", fmt::join(check.sentences, "\n")), false));
  if (lines.size() <= kMostAnnotations) return lines;
  const auto more = lines.size() - kMostAnnotations + 1;
  lines.resize(kMostAnnotations - 1);
  lines.push_back(fmt::format("::error::and {} more; the job's summary has them all", more));
  return lines;
}

std::string job_summary(const GateResult& result) {
  std::string text = format_markdown(result);
  if (text.size() <= kLongestSummary) return text;
  text.resize(text.rfind('\n', kLongestSummary));
  return text + "\n\nCut here: the whole report is in summary.md among the results.\n";
}

}  // namespace holdfast::gate
