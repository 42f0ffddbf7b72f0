#include "faultfs/model/durability_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/nearest.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 4> kKinds = {"made", "removed", "renamed", "exchanged"};
constexpr std::array<std::string_view, 3> kFates = {"drawn", "lost", "kept"};

std::string text_of(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace); }

std::string_view to_string(Fate fate) { return kFates[static_cast<std::size_t>(fate)]; }

json json_of(const std::vector<NameChange>& changes) {
  json list = json::array();
  for (const NameChange& change : changes) {
    json entry = {{"change", to_string(change.kind)}, {"path", change.path}};
    if (!change.to_path.empty()) entry["to"] = change.to_path;
    list.push_back(std::move(entry));
  }
  return list;
}

std::vector<NameChange> changes_of(const json& list) {
  std::vector<NameChange> changes;
  for (const json& entry : list) {
    const auto kind = std::ranges::find(kKinds, entry.at("change").get<std::string>());
    if (kind == kKinds.end()) continue;  // of a newer faultfs
    NameChange change{.kind = static_cast<NameChange::Kind>(kind - kKinds.begin())};
    change.path = entry.at("path").get<std::string>();
    change.to_path = entry.value("to", std::string());
    changes.push_back(std::move(change));
  }
  return changes;
}

// What `read` makes of it, or the error in words.
template <class Read>
auto read_all(Read read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const json::exception& error) {
    return fail(Code::corrupted, std::string("faultfs answered what cannot be understood: ") + error.what());
  }
}

}  // namespace

std::string_view to_string(NameChange::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

Result<Fate> fate_of(std::string_view what, std::string_view name) {
  const auto found = std::ranges::find(kFates, name);
  if (found != kFates.end()) return static_cast<Fate>(found - kFates.begin());
  return fail(Code::invalid,
              std::string(what) + " \"" + std::string(name) + "\"" + allowed_names(name, kFates));
}

json to_json(const UnsyncedReport& report) {
  json files = json::array();
  for (const UnsyncedFile& file : report.files) {
    json ranges = json::array();
    for (const auto& range : file.ranges) ranges.push_back({{"offset", range.begin}, {"end", range.end}});
    files.push_back({{"path", file.path}, {"ranges", std::move(ranges)}});
  }
  return {{"files", std::move(files)}, {"names", json_of(report.names)}, {"settled", report.settled}};
}

Result<UnsyncedReport> unsynced_from_json(const json& value) {
  return read_all([&] {
    UnsyncedReport report;
    for (const json& entry : value.at("files")) {
      UnsyncedFile file{entry.at("path").get<std::string>(), {}};
      for (const json& range : entry.at("ranges"))
        file.ranges.push_back(
            {range.at("offset").get<std::uint64_t>(), range.at("end").get<std::uint64_t>()});
      report.files.push_back(std::move(file));
    }
    report.names = changes_of(value.at("names"));
    report.settled = value.at("settled").get<std::uint64_t>();
    return report;
  });
}

json to_json(const PowerCutReport& report) {
  json files = json::array();
  for (const CutFile& file : report.files)
    files.push_back({{"path", file.path},
                     {"kept", file.kept},
                     {"lost", file.lost},
                     {"torn", file.torn},
                     {"size", file.size}});
  return {{"seed", report.seed},
          {"files", std::move(files)},
          {"names", {{"kept", json_of(report.kept_names)}, {"lost", json_of(report.lost_names)}}},
          {"failures", report.failures},
          {"left_out", report.left_out},
          {"settled", report.settled}};
}

Result<PowerCutReport> power_cut_from_json(const json& value) {
  return read_all([&] {
    PowerCutReport report;
    report.seed = value.at("seed").get<std::uint64_t>();
    for (const json& file : value.at("files"))
      report.files.push_back({file.at("path").get<std::string>(), file.at("kept").get<std::uint64_t>(),
                              file.at("lost").get<std::uint64_t>(), file.at("torn").get<std::uint64_t>(),
                              file.at("size").get<std::uint64_t>()});
    report.kept_names = changes_of(value.at("names").at("kept"));
    report.lost_names = changes_of(value.at("names").at("lost"));
    report.failures = value.at("failures").get<std::vector<std::string>>();
    report.left_out = value.at("left_out").get<std::uint64_t>();
    report.settled = value.at("settled").get<std::uint64_t>();
    return report;
  });
}

json to_json(const PowerCutRequest& request) {
  json value = {{"data", to_string(request.options.data)}, {"names", to_string(request.options.names)}};
  if (request.seed) value["seed"] = *request.seed;
  return value;
}

Result<PowerCutRequest> power_cut_request_from_json(const json& value) {
  PowerCutRequest request;
  for (auto [key, into] : {std::pair{"data", &request.options.data}, {"names", &request.options.names}}) {
    const json text = value.value(key, json("drawn"));
    if (!text.is_string()) return fail(Code::invalid, std::string("\"") + key + "\" is no text");
    const auto fate = fate_of(std::string("\"") + key + "\"", text.get<std::string>());
    if (!fate) return fail(fate.error());
    *into = *fate;
  }
  if (!value.contains("seed")) return request;
  if (!value["seed"].is_number_unsigned()) return fail(Code::invalid, "\"seed\" is no whole number");
  request.seed = value["seed"].get<std::uint64_t>();
  return request;
}

std::string print_json(const UnsyncedReport& report) { return text_of(to_json(report)); }
std::string print_json(const PowerCutReport& report) { return text_of(to_json(report)); }

}  // namespace holdfast::faultfs
