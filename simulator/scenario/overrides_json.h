// `--set path=value`: changes a scenario's document before it is read.
//
//   auto changed = apply_override("phases.stress.disk.0.effect.full.left=256KiB", document);
//   changed->pointer;      // "/phases/1/disk/0/effect/full/left"
//
// A path is keys with dots between. Members of arrays go by index or by their "name". Objects that are
// missing on the way are made; keys that no scenario has are found when the document is read. A value
// that is JSON is taken as JSON, everything else as a text. `load.trace=FILE` also sets load.arrival
// to "trace". Errors begin with "--set path". Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::scenario {

struct Override {
  std::string path;     // as written: "load.rate"
  std::string pointer;  // where it went: "/load/rate"
};

Result<Override> apply_override(std::string_view text, nlohmann::json& document);

}  // namespace holdfast::scenario
