#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/run_settings.h"

namespace holdfast::cli {

ExitCode report_command(const Words& words) {
  Arguments arguments("report", "RESULT...",
                      "Draws the results below the given directories into one self-contained HTML page.",
                      {"holdfast report results/gate --out report.html"});
  arguments.positional("result");
  arguments.add()("out", boost::program_options::value<std::string>(),
                  "the page to write (default: report.html)");
  if (auto ended = arguments.parse(words)) return *ended;
  const auto results = arguments.list("result");
  if (results.empty()) return arguments.mistake("name a directory with results");
  return draw_report(results, arguments.text("out", "report.html"));
}

}  // namespace holdfast::cli
