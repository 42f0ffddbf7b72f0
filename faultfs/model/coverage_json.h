// Coverage as JSON.
//
//   {"points": [{"class": "spool/#.seg", "op": "fsync", "requests": 40,
//                "injected": {"EIO": 1}, "plausible": ["EIO", "ENOSPC", ...]}, ...],
//    "unclassed": 0}
//
// `plausible` is what the operation may answer on Linux; the other way it is not read.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "faultfs/model/coverage.h"

namespace holdfast::faultfs {

nlohmann::json to_json(const CoverageReport& report);
Result<CoverageReport> coverage_from_json(const nlohmann::json& value);
std::string print_coverage(const CoverageReport& report);

}  // namespace holdfast::faultfs
