// Everything the oracle says about one run, in one call.
//
//   RunResult result = evaluate(run, &twin);
//   result.judgement.verdict, result.measures.value("retention.durable"), result.laws ...
//   write_result_files(result, "out/disk-full");       // result_files.h
//
// The records must outlive the result. Pure.
#pragma once

#include <vector>

#include "simulator/oracle/accounting.h"
#include "simulator/oracle/laws.h"
#include "simulator/oracle/measures.h"
#include "simulator/oracle/run_record.h"
#include "simulator/oracle/verdict.h"

namespace holdfast::oracle {

struct RunResult {
  const RunRecord& run;
  const RunRecord* twin;  // null when the run had none
  Accounting accounting;
  Measures measures;
  std::vector<LawResult> laws;
  Judgement judgement;
};

// The twin is held to the laws too: what it breaks is reported as "conservation (twin)" and so on.
RunResult evaluate(const RunRecord& run, const RunRecord* twin);

}  // namespace holdfast::oracle
