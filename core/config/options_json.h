// Options as JSON: nested objects under the names of the table.
//
//   Options options;
//   auto status = apply_options(json::parse(R"({"spool": {"max_bytes": "64MiB"}})"), options);
//   json all = options_to_json(options);
//
// Options that the JSON does not mention stay as they are. Durations and sizes are texts with units,
// counts are whole numbers. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/result.h"
#include "core/config/reader_json.h"
#include "core/options.h"

namespace holdfast::config {

// Every unknown key, wrong value and disagreement becomes a problem under `pointer`; what is right is
// applied.
void read_options(const nlohmann::json& json, const std::string& pointer, Options& options,
                  Problems& problems);

// The same, all or nothing; the error's message begins with the JSON pointer of the first problem.
Status apply_options(const nlohmann::json& json, Options& options);

nlohmann::json options_to_json(const Options& options);

}  // namespace holdfast::config
