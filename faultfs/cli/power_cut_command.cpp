// What a power cut would take, and the cut: unsynced, power-cut.
#include <iostream>

#include "faultfs/cli/commands.h"
#include "faultfs/cli/connection.h"
#include "faultfs/cli/table.h"
#include "faultfs/model/durability_json.h"

namespace holdfast::faultfs::cli {
namespace {

void print_settled(std::uint64_t settled) {
  if (settled > 0)
    std::cout << "so much was un-synced that all of it was made durable, " << settled << " times\n";
}

void print_names(const std::vector<NameChange>& changes) {
  for (const NameChange& change : changes) {
    std::cout << "  " << to_string(change.kind) << " " << change.path;
    if (!change.to_path.empty())
      std::cout << (change.kind == NameChange::renamed ? " to " : " with ") << change.to_path;
    std::cout << "\n";
  }
}

std::string text_of(const std::vector<DurabilityLedger::Range>& ranges) {
  std::string text;
  for (const auto& range : ranges)
    text += (text.empty() ? "" : ", ") + std::to_string(range.begin) + "-" + std::to_string(range.end);
  return text.empty() ? "its size" : text;
}

void print(const UnsyncedReport& report) {
  if (report.files.empty() && report.names.empty()) std::cout << "everything is durable\n";
  if (!report.files.empty()) std::cout << "bytes that no sync has made durable:\n";
  for (const auto& file : report.files)
    std::cout << "  " << file.path << "  " << text_of(file.ranges) << "\n";
  if (!report.names.empty()) std::cout << "names whose directory was not synced since:\n";
  print_names(report.names);
  print_settled(report.settled);
}

void print(const PowerCutReport& report) {
  std::cout << "the power was cut, with seed " << report.seed << "\n";
  if (!report.files.empty()) {
    Table table({"file", "writes kept", "lost", "torn", "bytes now"});
    for (const CutFile& file : report.files)
      table.add({file.path, std::to_string(file.kept), std::to_string(file.lost), std::to_string(file.torn),
                 std::to_string(file.size)});
    std::cout << "\n" << table.text() << "\n";
  }
  if (!report.lost_names.empty()) std::cout << "taken back:\n";
  print_names(report.lost_names);
  if (!report.kept_names.empty()) std::cout << "kept, though un-synced:\n";
  print_names(report.kept_names);
  if (report.left_out > 0) std::cout << report.left_out << " more are not listed\n";
  print_settled(report.settled);
  for (const std::string& failure : report.failures)
    std::cerr << "faultfs: not taken back: " << failure << "\n";
}

template <class Report>
void print(const Arguments& arguments, const Report& report) {
  if (arguments.has("json"))
    std::cout << print_json(report) << "\n";
  else
    print(report);
}

Result<PowerCutRequest> read_request(const Arguments& arguments) {
  PowerCutRequest request;
  if (arguments.has("seed")) {
    const auto seed = arguments.number("seed", 0, {0, UINT64_MAX});
    if (!seed) return fail(seed.error());
    request.seed = *seed;
  }
  for (auto [name, into] : {std::pair{"data", &request.options.data}, {"names", &request.options.names}}) {
    const auto fate = fate_of(std::string("--") + name, arguments.text(name, "drawn"));
    if (!fate) return fail(fate.error());
    *into = *fate;
  }
  return request;
}

}  // namespace

ExitCode unsynced_command(const Words& words) {
  Arguments arguments(
      "unsynced", {"MOUNTPOINT"},
      "Prints what a power cut could take now: ranges of bytes that no fsync, and names that\n"
      "no fsync of their directory has made durable. The mount must have --power-cut.",
      {"faultfs unsynced /tmp/faulty", "faultfs unsynced /tmp/faulty --json | jq .names"});
  arguments.add()("json", "as JSON");
  return ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto report = mount.unsynced();
    if (!report) return fail(report.error());
    print(arguments, *report);
    return {};
  });
}

ExitCode power_cut_command(const Words& words) {
  Arguments arguments(
      "power-cut", {"MOUNTPOINT"},
      "Cuts the power: of what no sync has made durable each write is kept, lost or torn, and\n"
      "names that were made, removed or renamed since are taken back from some moment on. The\n"
      "mount then shows what survived; what was open answers EIO. The mount must have\n"
      "--power-cut.",
      {"faultfs power-cut /tmp/faulty", "faultfs power-cut /tmp/faulty --seed 7",
       "faultfs power-cut /tmp/faulty --data lost --names lost    # the worst case"});
  arguments.add()("seed", text_value("N"), "draws what is kept; of the mount's seed each cut is another")(
      "data", text_value("drawn|lost|kept"), "what becomes of un-synced bytes; drawn if not given")(
      "names", text_value("drawn|lost|kept"), "what becomes of un-synced names; drawn if not given")(
      "json", "as JSON");
  ExitCode end = kDone;
  const ExitCode asked = ask_mount(arguments, words, [&](ControlClient& mount) -> Status {
    const auto request = read_request(arguments);
    if (!request) return fail(request.error());
    const auto report = mount.cut_power(*request);
    if (!report) return fail(report.error());
    print(arguments, *report);
    if (!report->failures.empty()) end = kFailed;
    return {};
  });
  return asked == kDone ? end : asked;
}

}  // namespace holdfast::faultfs::cli
