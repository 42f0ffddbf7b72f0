#include "faultfs/cli/commands.h"

#include <array>

namespace holdfast::faultfs::cli {
namespace {

using command_line::Command;

constexpr std::array kCommands{
    Command{"mount", "show a directory at a mountpoint; in the foreground until Ctrl-C", mount_command},
    Command{"load", "arm a plan in place of the armed one", load_command},
    Command{"clear", "heal every fault", clear_command},
    Command{"restore", "undo the damage on the disk that nobody has written over", restore_command},
    Command{"status", "print what is armed and what has fired", status_command},
    Command{"log", "print the faults so far, one JSON object a line", log_command},
    Command{"coverage", "print which operations on which files a program has asked for", coverage_command},
    Command{"trace", "print every request as it comes, one JSON object a line", trace_command},
    Command{"enumerate", "run a program again and again, failing each point once", enumerate_command},
    Command{"replay", "run a program with exactly the faults of a fault log", replay_command},
    Command{"shrink", "find the fewest faults of a log that a program does not survive", shrink_command},
    Command{"unsynced", "print what a power cut could take now", unsynced_command},
    Command{"power-cut", "take what no sync has made durable, and show what survived", power_cut_command},
    Command{"promised", "print what programs were promised to find after a power cut", promised_command},
    Command{"check", "compare what survived with what was promised", check_command},
    Command{"unmount", "end the mount and its daemon; also clears away a dead one", unmount_command},
};

constexpr std::string_view kExamples = R"(faultfs: see a directory through a mount that fails on demand

Examples:
  mkdir /tmp/data /tmp/faulty
  faultfs mount /tmp/data /tmp/faulty --daemon
  echo '{"rules": [{"name": "full", "effect": {"full": {"left": "1MiB"}}}]}' | faultfs load /tmp/faulty -
  cp big-file /tmp/faulty/          # No space left on device
  faultfs clear /tmp/faulty
  faultfs unmount /tmp/faulty
)";

constexpr std::string_view kPlan = R"(
A plan is ordered rules; latencies add up until the first error:
  {"rules": [{"name": "sync fails", "when": {"op": "fsync", "path": "spool/**", "probability": 0.05},
              "effect": {"error": "EIO"}},
             {"name": "slow", "when": {"from": "1s", "to": "3s"}, "effect": {"latency": "50ms"}}]}

Exit codes: 0 done, 1 a program did not survive its faults, 2 nothing is proved, 3 bad arguments or plan,
4 this machine cannot run it, 5 internal error, 130 interrupted.
)";

}  // namespace

ExitCode dispatch(const Words& words) {
  return command_line::dispatch(
      {.name = "faultfs", .examples = kExamples, .commands = kCommands, .after = kPlan}, words);
}

}  // namespace holdfast::faultfs::cli
