// The verdict of one run, with its reasons.
//
//   Judgement judgement = judge(run, &twin, books, measures, laws);
//   judgement.verdict == RunVerdict::pass
//
// The first of these that applies decides:
//   fail          a law is broken
//   invalid       the faults never fired, or the twin could not carry the offered load
//   inconclusive  the run was interrupted
//   fail          an expectation does not hold
//   invalid       an expected measure is not available
//   inconclusive  a law lacks evidence, or the run was too short for it
//   pass
// All reasons are kept, whichever decided. `soundness` is the same without the expectations, for who
// judges those over many runs. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/oracle/accounting.h"
#include "simulator/oracle/laws.h"
#include "simulator/oracle/measures.h"
#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

enum class RunVerdict : std::uint8_t { pass, fail, inconclusive, invalid };
std::string_view to_string(RunVerdict verdict);

enum class ExpectationVerdict : std::uint8_t { pass, fail, not_available, not_judged };
std::string_view to_string(ExpectationVerdict verdict);

struct ExpectationResult {
  scenario::Expectation expectation;
  std::optional<double> value;
  ExpectationVerdict verdict = ExpectationVerdict::pass;
};

struct Judgement {
  RunVerdict verdict = RunVerdict::pass;
  std::vector<std::string> reasons;  // why it is not a pass, whole sentences
  std::vector<ExpectationResult> expectations;
  RunVerdict soundness = RunVerdict::pass;
  std::vector<std::string> soundness_reasons;
};

ExpectationResult judge_expectation(const scenario::Expectation& expectation, const Measures& measures,
                                    bool live);

Judgement judge(const RunRecord& run, const RunRecord* twin, const Accounting& books,
                const Measures& measures, const std::vector<LawResult>& laws);

}  // namespace holdfast::oracle
