// What was promised, and whether it survived: promised, check.
#include <filesystem>
#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/plan_file.h"
#include "faultfs/trial/promise_check.h"

namespace holdfast::faultfs::cli {
namespace {

// "1 name", "2 names".
std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void print_summary(const Promise& promise, std::size_t broken) {
  std::uint64_t bytes = 0;
  for (const auto& file : promise.files)
    for (const auto& run : file.runs) bytes += run.end - run.offset;
  std::cout << "promised: " << counted(promise.names.size(), "name") << ", " << counted(bytes, "byte")
            << " of " << counted(promise.files.size(), "file")
            << "; broken: " << (broken == 0 ? "none" : std::to_string(broken)) << "\n";
  if (!promise.complete) std::cerr << "faultfs: more was promised than is remembered\n";
}

}  // namespace

ExitCode promised_command(const Words& words) {
  Arguments arguments(
      "promised", {"MOUNTPOINT"},
      "Prints as JSON, for `faultfs check`, what programs were promised to find after a power\n"
      "cut now: durable names, sizes, and checksums of the durable bytes that they wrote,\n"
      "whatever the rules made of them. The mount must have --power-cut.",
      {"faultfs promised /tmp/faulty > promise.json"});
  return ask_mount(arguments, words, [](ControlClient& mount) -> Status {
    const auto promise = mount.promised();
    if (!promise) return fail(promise.error());
    std::cout << print_json(*promise) << "\n";
    return {};
  });
}

ExitCode check_command(const Words& words) {
  Arguments arguments(
      "check", {"PROMISE", "DIRECTORY"},
      "Compares what is in DIRECTORY with what was promised (\"-\": standard input): a line for\n"
      "each broken promise. Exit code 1 when there is one.",
      {"faultfs promised /tmp/faulty > promise.json", "faultfs power-cut /tmp/faulty",
       "faultfs check promise.json /tmp/faulty"});
  if (auto ended = arguments.parse(words)) return *ended;
  const std::string& path = arguments.operand(0);
  const std::string& directory = arguments.operand(1);
  const auto text = read_text(path, "promise");
  if (!text) return tell(text.error());
  const auto promise = parse_promise(*text);
  if (!promise) return tell({Code::invalid, path + ": " + promise.error().message});
  if (!std::filesystem::is_directory(directory)) return tell({Code::invalid, directory + " is no directory"});
  const auto broken = broken_promises(*promise, directory);
  for (const std::string& sentence : broken) std::cout << sentence << "\n";
  print_summary(*promise, broken.size());
  return broken.empty() ? kDone : kFailed;
}

}  // namespace holdfast::faultfs::cli
