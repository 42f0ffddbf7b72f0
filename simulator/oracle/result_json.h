// result.json: what a run showed, for gates, reports and people. Documented in docs/formats.md.
//
//   std::string text = result_json(result);
//
// For VIRTUAL nothing in it depends on host or time: the same commit, scenario and seed give the
// same bytes. Numbers that are infinite or absent are null, with a note. Code::internal when the
// resolved scenario is not JSON. Pure.
#pragma once

#include <string>

#include "core/base/result.h"
#include "simulator/oracle/evaluate.h"

namespace holdfast::oracle {

Result<std::string> result_json(const RunResult& result);

}  // namespace holdfast::oracle
