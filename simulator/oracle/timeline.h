// timeline.csv: one row per 100 ms, for figures. The columns are documented in docs/formats.md.
//
//   std::string csv = timeline_csv(run);      // with the twin's record: twin.csv
//
// Pure; the same record gives the same bytes.
#pragma once

#include <string>

#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

std::string timeline_csv(const RunRecord& run);

}  // namespace holdfast::oracle
