// The bodies of the lineage API as the service sees them: which records a request carries, and the
// words of its answer. The client's side of the same format is core/delivery/codecs/lineage.h.
//
//   auto elements = parse_lineage_body(R"([{"key":"00000000000000a7-12","reference":12}])");
//   std::string body = lineage_answer(plan, statuses);       // {"results":["accepted"]}
//
// Fields other than key and reference are read past. Errors name the element and what is wrong.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/env/transport.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::upstream {

Result<std::vector<RequestElement>> parse_lineage_body(std::string_view body);

// Half of it where the plan truncates the answer.
std::string lineage_answer(const Plan& plan, std::span<const ElementStatus> statuses);

// {"error":"..."}
std::string error_answer(std::string_view message);

// "00000000000000a7-12": sixteen lower-case hexadecimal digits, a dash, a decimal number.
Result<RecordKey> parse_key(std::string_view text);

}  // namespace holdfast::upstream
