#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"

namespace holdfast::cli {

ExitCode report_command(const Words& words) {
  Arguments arguments(
      "report", "RESULT...",
      "Draws the results below the given directories into one self-contained HTML page: verdicts,\n"
      "retention, latency of record(), timelines, accounting, recovery; docs/reports.md explains\n"
      "each figure. A result that cannot be read is named and left out, the rest is drawn, and the\n"
      "exit code is 3.",
      {"holdfast report results/gate --out report.html", "holdfast report before after --out both.html"});
  arguments.positional("result");
  arguments.add()("out", boost::program_options::value<std::string>(),
                  "the page to write (default: report.html)");
  if (auto ended = arguments.parse(words)) return *ended;
  const auto results = arguments.list("result");
  if (results.empty()) return arguments.mistake("name a directory with results");
  return draw_report(results, arguments.text("out", "report.html"));
}

}  // namespace holdfast::cli
