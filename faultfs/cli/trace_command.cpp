#include <chrono>
#include <iostream>
#include <thread>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/model/fault_trigger_json.h"

namespace holdfast::faultfs::cli {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr auto kBetweenQuestions = std::chrono::milliseconds(50);
constexpr Duration kLongestTrace = std::chrono::hours(24 * 365);

void print(const TraceLines& trace) {
  for (const auto& line : trace.lines) std::cout << line << '\n';
  std::cout << std::flush;
  if (trace.dropped > 0)
    std::cerr << "faultfs: " << trace.dropped << " requests came too fast and are missing here\n";
}

// Until the time is over or the mount is gone.
Status follow(ControlClient& mount, const Trigger& when, Duration length) {
  for (const auto end = SteadyClock::now() + length;; std::this_thread::sleep_for(kBetweenQuestions)) {
    const auto trace = mount.trace(when);
    if (!trace) return trace.error().code == Code::unavailable ? Status{} : fail(trace.error());
    print(*trace);
    if (SteadyClock::now() >= end) return {};
  }
}

}  // namespace

ExitCode trace_command(const Words& words) {
  Arguments arguments(
      "trace", {"MOUNTPOINT"},
      "Prints every request from now on, one JSON object a line when it is answered: time, operation,\n"
      "path, place, caller, decision, duration in nanoseconds and result. Ends with the mount, after\n"
      "--for, or by Ctrl-C.",
      {"faultfs trace /tmp/faulty", "faultfs trace /tmp/faulty --for 5s | jq -r '.op + \" \" + .path'"});
  arguments.add()("for", text_value("DURATION"), "end after so long")(
      "operation", text_value("LIST"), "only these operations, or groups of them: write,syncs")(
      "path", text_value("GLOB"), "only requests on paths that this glob means");
  return ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto length = arguments.duration("for", kLongestTrace, kLongestTrace);
    if (!length) return fail(length.error());
    const auto when = trigger_of_words(arguments.text("operation"), arguments.text("path"));
    return when ? follow(mount, *when, *length) : fail(when.error());
  });
}

}  // namespace holdfast::faultfs::cli
