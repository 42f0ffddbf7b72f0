// What a mount tells of itself: status, log.
#include <fstream>
#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/status_text_json.h"

namespace holdfast::faultfs::cli {
namespace {

// From its file, where there is one: the mount itself keeps the newest lines only.
Status print_log(ControlClient& mount) {
  const auto path = mount.fault_log();
  if (!path) return fail(path.error());
  if (!path->empty()) {
    std::ifstream file(*path);
    if (!file) return fail(Code::not_found, "the fault log " + *path + " cannot be read");
    if (file.peek() != std::ifstream::traits_type::eof()) std::cout << file.rdbuf();
    return {};
  }
  const auto lines = mount.log();
  if (!lines) return fail(lines.error());
  for (const auto& line : *lines) std::cout << line << '\n';
  return {};
}

}  // namespace

ExitCode status_command(const Words& words) {
  Arguments arguments(
      "status", {"MOUNTPOINT"},
      "Prints what is armed, what has fired and, for each kind of operation since the mount, how many\n"
      "there were, how many of them met an injected error or a delay, and how many bytes they asked for.",
      {"faultfs status /tmp/faulty", "faultfs status /tmp/faulty --json | jq .fired"});
  arguments.add()("json", "as JSON");
  return ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto text = mount.status();
    if (!text) return fail(text.error());
    std::cout << (arguments.has("json") ? *text + "\n" : status_for_people(*text));
    return {};
  });
}

ExitCode log_command(const Words& words) {
  Arguments arguments(
      "log", {"MOUNTPOINT"},
      "Prints the faults so far, one JSON object a line: all of them when the mount has a\n"
      "--fault-log, else the newest.",
      {"faultfs log /tmp/faulty", "faultfs log /tmp/faulty | jq -r .decision | sort | uniq -c"});
  return ask_mount(arguments, words, print_log);
}

}  // namespace holdfast::faultfs::cli
