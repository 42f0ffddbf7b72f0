// Scenarios × measures with verdicts, as text: aligned for a terminal, or as a Markdown report.
//
//   std::cout << format_table(result.rows);
//   markdown << format_markdown(result);         // for a pull request or a job's summary
//
// A cell shows the value of a single run, or the median with the worst in parentheses; the seeds are
// the published ones, "5+15" when the bounds could not decide and 15 more were played. Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/gate/gate.h"

namespace holdfast::gate {

std::string format_table(const std::vector<Row>& rows);

// What keeps the gate from passing, each with the command that reproduces it; then the self-check and
// the verdict.
std::string format_conclusion(const GateResult& result);

std::string format_markdown(const GateResult& result);

}  // namespace holdfast::gate
