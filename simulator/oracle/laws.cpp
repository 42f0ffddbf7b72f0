#include "simulator/oracle/laws.h"

namespace holdfast::oracle {

std::string_view to_string(LawVerdict verdict) {
  switch (verdict) {
    case LawVerdict::pass: return "pass";
    case LawVerdict::fail: return "fail";
    case LawVerdict::not_judged: return "not_judged";
    case LawVerdict::inconclusive: return "inconclusive";
  }
  return "inconclusive";
}

std::vector<LawResult> check_laws(const RunRecord& run, const Accounting& books) {
  return {check_conservation(run, books), check_durability(run, books), check_identity(run, books),
          check_isolation(run, books),    check_bounds(run, books),     check_liveness(run, books),
          check_breaker(run, books)};
}

std::vector<LawResult> check_laws(const RunRecord& run) { return check_laws(run, account(run)); }

}  // namespace holdfast::oracle
