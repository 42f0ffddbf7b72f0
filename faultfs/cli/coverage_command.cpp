#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/table.h"
#include "faultfs/model/coverage_json.h"
#include "faultfs/model/errnos.h"

namespace holdfast::faultfs::cli {
namespace {

// "EIO 1, ENOSPC 2".
std::string injected_at(const CoveragePoint& point) {
  std::string text;
  for (const auto& [error, times] : point.injected)
    text += (text.empty() ? "" : ", ") + errno_name(error) + " " + std::to_string(times);
  return text.empty() ? "-" : text;
}

void print_table(const CoverageReport& report) {
  Table table({"class", "operation", "requests", "errors injected", "of"});
  for (const auto& point : report.points)
    table.add({point.file_class.empty() ? "." : point.file_class, std::string(to_string(point.operation)),
               std::to_string(point.requests), injected_at(point),
               std::to_string(answers_of(point.operation).size())});
  std::cout << table.text();
  if (report.unclassed > 0)
    std::cout << report.unclassed << " requests on files of further classes; fold them with mount --class\n";
}

}  // namespace

ExitCode coverage_command(const Words& words) {
  Arguments arguments(
      "coverage", {"MOUNTPOINT"},
      "Prints which operations were asked for since the mount, by class of files (their paths with\n"
      "each number as one #, or a glob of mount --class), which errors were injected there, and of\n"
      "how many that such an operation may answer.",
      {"faultfs coverage /tmp/faulty", "faultfs coverage /tmp/faulty --json"});
  arguments.add()("json", "as JSON, with the names of all errors that each operation may answer");
  return ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto report = mount.coverage();
    if (!report) return fail(report.error());
    if (arguments.has("json"))
      std::cout << print_coverage(*report) << '\n';
    else
      print_table(*report);
    return {};
  });
}

}  // namespace holdfast::faultfs::cli
