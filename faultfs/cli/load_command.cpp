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
  return ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto plan = read_plan(arguments.operand(1));
    if (!plan) return fail(plan.error());
    const auto warning = mount.load(*plan);
    if (!warning) return fail(warning.error());
    if (!warning->empty()) std::cerr << "faultfs: warning: " << *warning << '\n';
    return {};
  });
}

ExitCode clear_command(const Words& words) {
  Arguments arguments("clear", {"MOUNTPOINT"}, "Heals every fault; requests that are held go on.",
                      {"faultfs clear /tmp/faulty"});
  return ask_mount(arguments, words, [](ControlClient& mount) { return mount.clear(); });
}

ExitCode restore_command(const Words& words) {
  Arguments arguments(
      "restore", {"MOUNTPOINT"},
      "Undoes the damage that rules did to bytes on the disk, where nobody has written over it.",
      {"faultfs restore /tmp/faulty"});
  return ask_mount(arguments, words, [](ControlClient& mount) -> Status {
    const auto places = mount.restore();
    if (!places) return fail(places.error());
    std::cout << *places << " damaged place" << (*places == 1 ? "" : "s") << " restored\n";
    return {};
  });
}

}  // namespace holdfast::faultfs::cli
