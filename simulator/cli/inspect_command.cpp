#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "core/delivery/codecs/lineage.h"
#include "core/host/posix_file_system.h"
#include "core/ingest/record_frame.h"
#include "core/spool/inspect.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/inspect_usage.h"
#include "simulator/cli/inspection_json.h"

namespace holdfast::cli {
namespace {

// One JSON object a line, as the upstream would get it.
void print_record(const spool::InspectedFrame& frame) {
  auto record = ingest::read_frame(frame.payload);
  if (!record) return;
  const delivery::DeliveryRecord one{{frame.epoch, frame.sequence}, *record};
  const std::string body = delivery::LineageCodec().encode(std::span(&one, 1), 0, 0).body;
  fmt::print("{}\n", std::string_view(body).substr(1, body.size() - 2));
}

}  // namespace

ExitCode inspect_command(const Words& words) {
  Arguments arguments(
      "inspect", {"DIR"},
      "Says what a spool or usage directory holds and what of it is damaged; changes nothing.",
      {"holdfast inspect /var/spool/app", "holdfast inspect /var/spool/app --export > records.jsonl",
       "holdfast inspect /var/lib/app/usage --json"});
  arguments.add()("export", "print a spool's records as JSON lines");
  arguments.add()("json", "print what it holds as one JSON object");
  if (auto ended = arguments.parse(words)) return *ended;
  const std::string& directory = arguments.operand(0);
  const bool print = arguments.has("export"), json = arguments.has("json");
  if (print && json) return arguments.mistake("choose --export or --json");
  if (std::error_code problem; !std::filesystem::is_directory(directory, problem))
    return arguments.mistake(directory + (problem ? ": " + problem.message() : " is no directory") +
                             "; name a spool or usage directory");
  host::PosixFileSystem files;
  if (is_usage_directory(files, directory)) return inspect_usage(files, directory, json);
  auto inspection = spool::inspect(files, directory, [&](const spool::InspectedFrame& frame) {
    if (print) print_record(frame);
  });
  if (!inspection) {
    std::cerr << "holdfast inspect: " << inspection.error().message << "\n";
    return exit_code(inspection.error().code);
  }
  const ExitCode verdict = inspection->damaged > 0 || !inspection->unreadable.empty() ? kFailed : kDone;
  if (json) {
    fmt::print("{}", inspection_json(*inspection));
    return verdict;
  }
  std::FILE* out = print ? stderr : stdout;
  fmt::print(out, "{} segments, {} records waiting, {} settled, {} damaged, {} torn bytes\n",
             inspection->segments, inspection->records, inspection->settled, inspection->damaged,
             inspection->torn_bytes);
  for (const auto& problem : inspection->unreadable) fmt::print(out, "unreadable: {}\n", problem);
  return verdict;
}

}  // namespace holdfast::cli
