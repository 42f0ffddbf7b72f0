// The measures that come from the upstream's own view of the run: what retries cost it.
//
//   amplification.mean   records sent / distinct records sent, over the whole run
//   amplification.max    the same, the highest of all windows in W
//   overshoot            the highest rate of requests of any window after W / the twin's
//   calls_per_record     requests / records delivered
//
// A window is Scenario::recovery_window(): 10 s, and 2 s in the LIVE tier, whose runs last 15 s. It
// moves in steps of a twentieth; an interval shorter than it is a window by itself. Windows in which
// fewer than 100 distinct records were sent judge nothing. Requests that did not reach the service
// (refused, vanished) are not counted. Pure.
#pragma once

#include "simulator/oracle/measures.h"

namespace holdfast::oracle {

void add_upstream_measures(Measures& measures, const RunRecord& run, const RunRecord* twin,
                           const Accounting& books);

}  // namespace holdfast::oracle
