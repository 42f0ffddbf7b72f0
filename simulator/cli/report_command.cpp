#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"

namespace holdfast::cli {

ExitCode report_command(const Words& words) {
  Arguments arguments(
      "report", {"RESULT..."},
      "Draws the results below the given directories into one self-contained HTML page: verdicts,\n"
      "retention, latency of record(), timelines, accounting, recovery; docs/reports.md explains\n"
      "each figure. A result that cannot be read is named and left out, the rest is drawn, and the\n"
      "exit code is 3.",
      {"holdfast report results/gate --out report.html", "holdfast report before after --out both.html"});
  arguments.add()("out", text_value("FILE"), "the page to write (default: report.html)");
  if (auto ended = arguments.parse(words)) return *ended;
  return draw_report(arguments.operands(), arguments.text("out", "report.html"));
}

}  // namespace holdfast::cli
