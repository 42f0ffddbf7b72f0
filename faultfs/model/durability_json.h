// What a mount tells of durability, as JSON.
//
//   unsynced:   {"files": [{"path": "db", "ranges": [{"offset": 0, "end": 4096}]}],
//                "names": [{"change": "made", "path": "db-journal"}], "settled": 0}
//   power cut:  {"seed": 1, "files": [{"path": "db", "kept": 1, "lost": 2, "torn": 0, "size": 4096}],
//                "names": {"kept": [...], "lost": [{"change": "renamed", "path": "a", "to": "b"}]},
//                "failures": [], "left_out": 0, "settled": 0}
//
// change: made, removed, renamed, exchanged. kept, lost, torn: writes since the file's last sync. settled:
// how often so much was un-synced that all of it was made durable. The readers say what is wrong. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/durability_ledger.h"
#include "faultfs/model/power_cut.h"

namespace holdfast::faultfs {

struct UnsyncedFile {
  std::string path;
  std::vector<DurabilityLedger::Range> ranges;  // none: only its size has changed
};

struct UnsyncedReport {
  std::vector<UnsyncedFile> files;
  std::vector<NameChange> names;  // in order
  std::uint64_t settled = 0;
};

// How a power cut is asked for; the seed: the mount's and how many there were, if not given.
struct PowerCutRequest {
  std::optional<std::uint64_t> seed;
  CutOptions options;
};

nlohmann::json to_json(const UnsyncedReport& report);
nlohmann::json to_json(const PowerCutReport& report);
nlohmann::json to_json(const PowerCutRequest& request);
// As text for a file or a pipe.
std::string print_json(const UnsyncedReport& report);
std::string print_json(const PowerCutReport& report);
Result<UnsyncedReport> unsynced_from_json(const nlohmann::json& value);
Result<PowerCutReport> power_cut_from_json(const nlohmann::json& value);
Result<PowerCutRequest> power_cut_request_from_json(const nlohmann::json& value);

std::string_view to_string(NameChange::Kind kind);
// "drawn", "lost", "kept"; `what` names the culprit in the error.
Result<Fate> fate_of(std::string_view what, std::string_view name);

}  // namespace holdfast::faultfs
