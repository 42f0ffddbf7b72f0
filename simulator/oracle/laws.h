// The laws: what must hold in every run, whatever its scenario expects. One checker each.
//
//   for (const LawResult& law : check_laws(run, account(run)))
//     if (law.verdict == LawVerdict::fail) ...law.detail says what and where
//
// A law that this world or this subject cannot be held to is not_judged. One that should have been
// judged, but whose run was too short or whose evidence is missing, is inconclusive. Determinism is
// judged by who runs a seed twice, not here. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/oracle/accounting.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

enum class LawVerdict : std::uint8_t { pass, fail, not_judged, inconclusive };
std::string_view to_string(LawVerdict verdict);

struct LawResult {
  std::string law;
  LawVerdict verdict = LawVerdict::pass;
  std::string detail;
};

// Of records (laws_of_records.cpp).
LawResult check_conservation(const RunRecord& run, const Accounting& books);
LawResult check_durability(const RunRecord& run, const Accounting& books);
LawResult check_identity(const RunRecord& run, const Accounting& books);
// Of the process (laws_of_process.cpp).
LawResult check_isolation(const RunRecord& run, const Accounting& books);
LawResult check_bounds(const RunRecord& run, const Accounting& books);
// Of time (laws_of_time.cpp).
LawResult check_liveness(const RunRecord& run, const Accounting& books);
LawResult check_breaker(const RunRecord& run, const Accounting& books);

// All of them, in the order of the architecture.
std::vector<LawResult> check_laws(const RunRecord& run, const Accounting& books);
std::vector<LawResult> check_laws(const RunRecord& run);

}  // namespace holdfast::oracle
