#include "faultfs/model/promise_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kFormat = "holdfast-promise";
constexpr int kVersion = 1;
constexpr std::array<std::string_view, 4> kKinds = {"file", "directory", "symlink", "other"};

json json_of(const PromisedFile& file) {
  json runs = json::array();
  for (const auto& run : file.runs)
    runs.push_back({{"offset", run.offset}, {"end", run.end}, {"crc32c", run.crc32c}});
  json value = {{"path", file.path}, {"runs", std::move(runs)}};
  if (file.size) value["size"] = *file.size;
  return value;
}

bool is_possible(const WrittenSectors::Run& run) {
  return run.offset < run.end && run.end - run.offset <= WrittenSectors::kLongestRun;
}

PromisedFile file_of(const json& value) {
  PromisedFile file{.path = value.at("path").get<std::string>()};
  if (value.contains("size")) file.size = value.at("size").get<std::uint64_t>();
  for (const json& run : value.at("runs"))
    file.runs.push_back({run.at("offset").get<std::uint64_t>(), run.at("end").get<std::uint64_t>(),
                         run.at("crc32c").get<std::uint32_t>()});
  return file;
}

}  // namespace

std::string_view to_string(PromisedName::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

json to_json(const Promise& promise) {
  json files = json::array(), names = json::array();
  for (const PromisedFile& file : promise.files) files.push_back(json_of(file));
  for (const PromisedName& name : promise.names)
    names.push_back({{"path", name.path}, {"kind", to_string(name.kind)}});
  return {{"format", kFormat},         {"version", kVersion},       {"complete", promise.complete},
          {"files", std::move(files)}, {"names", std::move(names)}, {"gone", promise.gone}};
}

std::string print_json(const Promise& promise) {
  return to_json(promise).dump(-1, ' ', false, json::error_handler_t::replace);
}

Result<Promise> promise_from_json(const json& value) {
  try {
    if (value.at("format") != kFormat || value.at("version") != kVersion)
      return fail(Code::invalid, "it is no promise of version 1");
    Promise promise{.gone = value.at("gone").get<std::vector<std::string>>(),
                    .complete = value.at("complete").get<bool>()};
    for (const json& file : value.at("files")) promise.files.push_back(file_of(file));
    for (const PromisedFile& file : promise.files)
      if (!std::ranges::all_of(file.runs, is_possible))
        return fail(Code::invalid,
                    "it is no promise: " + file.path + " has a run without bytes or beyond 64 KiB");
    for (const json& name : value.at("names")) {
      const auto kind = std::ranges::find(kKinds, name.at("kind").get<std::string>());
      const auto number = std::min<std::ptrdiff_t>(kind - kKinds.begin(), PromisedName::other);
      promise.names.push_back({name.at("path").get<std::string>(), static_cast<PromisedName::Kind>(number)});
    }
    return promise;
  } catch (const json::exception& error) {
    return fail(Code::invalid, std::string("it is no promise: ") + error.what());
  }
}

Result<Promise> parse_promise(std::string_view text) {
  const auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) return fail(Code::invalid, "it is no JSON");
  return promise_from_json(value);
}

}  // namespace holdfast::faultfs
