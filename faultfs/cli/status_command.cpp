// What a mount tells of itself: status, log.
#include <fstream>
#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/status_text_json.h"

namespace holdfast::faultfs::cli {

ExitCode status_command(const Words& words) {
  Arguments arguments(
      "status", {"MOUNTPOINT"},
      "Prints what is armed, what has fired and, for each kind of operation since the mount, how many\n"
      "there were, how many of them met an injected error or a delay, and how many bytes they asked for.",
      {"faultfs status /tmp/faulty", "faultfs status /tmp/faulty --json | jq .fired"});
  add_socket_option(arguments);
  arguments.add()("json", "as JSON");
  if (auto ended = arguments.parse(words)) return *ended;
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto text = client->status();
  if (!text) return tell(text.error());
  std::cout << (arguments.has("json") ? *text + "\n" : status_for_people(*text));
  return kDone;
}

ExitCode log_command(const Words& words) {
  Arguments arguments(
      "log", {"MOUNTPOINT"},
      "Prints the faults so far, one JSON object a line: all of them when the mount has a\n"
      "--fault-log, else the newest.",
      {"faultfs log /tmp/faulty", "faultfs log /tmp/faulty | jq -r .decision | sort | uniq -c"});
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto path = client->fault_log();
  if (!path) return tell(path.error());
  if (!path->empty()) {
    std::ifstream file(*path);
    if (!file) return tell({Code::not_found, "the fault log " + *path + " cannot be read"});
    if (file.peek() != std::ifstream::traits_type::eof()) std::cout << file.rdbuf();
    return kDone;
  }
  const auto lines = client->log();
  if (!lines) return tell(lines.error());
  for (const auto& line : *lines) std::cout << line << '\n';
  return kDone;
}

}  // namespace holdfast::faultfs::cli
