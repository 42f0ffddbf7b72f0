// What changes the rules of a mount: load, clear; and restore, which undoes what they did to the disk.
#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/plan_file.h"

namespace holdfast::faultfs::cli {

ExitCode load_command(const Words& words) {
  Arguments arguments(
      "load", {"MOUNTPOINT", "PLAN"},
      "Arms the plan in the file PLAN ('-': standard input) in place of the armed one. It is\n"
      "active when the command returns.",
      {"faultfs load /tmp/faulty plan.json",
       R"(echo '{"rules": [{"name": "slow", "effect": {"latency": "50ms"}}]}' |)"
       " faultfs load /tmp/faulty -"});
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  auto plan = read_plan(arguments.operand(1));
  if (!plan) return tell(plan.error());
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto warning = client->load(*plan);
  if (!warning) return tell(warning.error());
  if (!warning->empty()) std::cerr << "faultfs: warning: " << *warning << '\n';
  return kDone;
}

ExitCode clear_command(const Words& words) {
  Arguments arguments("clear", {"MOUNTPOINT"}, "Heals every fault; requests that are held go on.",
                      {"faultfs clear /tmp/faulty"});
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto cleared = client->clear();
  return cleared ? kDone : tell(cleared.error());
}

ExitCode restore_command(const Words& words) {
  Arguments arguments(
      "restore", {"MOUNTPOINT"},
      "Undoes the damage that rules did to bytes on the disk, where nobody has written over it.",
      {"faultfs restore /tmp/faulty"});
  add_socket_option(arguments);
  if (auto ended = arguments.parse(words)) return *ended;
  auto client = connect(arguments);
  if (!client) return tell(client.error());
  const auto places = client->restore();
  if (!places) return tell(places.error());
  std::cout << *places << " damaged place" << (*places == 1 ? "" : "s") << " restored\n";
  return kDone;
}

}  // namespace holdfast::faultfs::cli
