// Which records an injected corruption may have cost: what excuses a durable record that is gone, and
// nothing else does.
//
//   std::vector<bool> hit = hit_by_corruption(run);     // by reference
//
// A record is hit when a corruption changed a byte of its own frame, on the way to the disk, on the disk
// or on the way back. The frame's neighbours are not: a reader finds the next sound frame behind damage,
// whatever the damage is (docs/spool-format.md, "Recovery"). One exception: a start cannot tell whose
// frames are in a segment whose header is damaged, so after a kill a hit header is a hit on all of them.
// Pure.
#pragma once

#include <vector>

#include "simulator/oracle/run_record.h"

namespace holdfast::oracle {

std::vector<bool> hit_by_corruption(const RunRecord& run);

}  // namespace holdfast::oracle
