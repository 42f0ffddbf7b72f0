// What a mount's files and names were promised to be at some moment, as JSON: written by `faultfs promised`,
// read by `faultfs check`.
//
//   {"format": "holdfast-promise", "version": 1, "complete": true,
//    "files": [{"path": "db", "size": 8192, "runs": [{"offset": 0, "end": 8192, "crc32c": 305419896}]}],
//    "names": [{"path": "db", "kind": "file"}], "gone": ["db-journal"]}
//
// size: absent while an un-synced change of the file is under way. crc32c: over the checksums (CRC-32C, 4
// bytes, the lowest first) of the run's sectors of 512 bytes, a last short one filled up with zeros. names:
// what must be there. gone: what must not. complete: false when more was written than is remembered. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/written_sectors.h"

namespace holdfast::faultfs {

struct PromisedFile {
  std::string path;
  std::optional<std::uint64_t> size;
  std::vector<WrittenSectors::Run> runs;
};

struct PromisedName {
  enum Kind : std::uint8_t { file, directory, symlink, other };
  std::string path;
  Kind kind = file;
};

struct Promise {
  std::vector<PromisedFile> files;
  std::vector<PromisedName> names;
  std::vector<std::string> gone;
  bool complete = true;
};

nlohmann::json to_json(const Promise& promise);
std::string print_json(const Promise& promise);
Result<Promise> promise_from_json(const nlohmann::json& value);
Result<Promise> parse_promise(std::string_view text);

std::string_view to_string(PromisedName::Kind kind);

}  // namespace holdfast::faultfs
