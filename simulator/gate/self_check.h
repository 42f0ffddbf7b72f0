// Whether this gate can tell good from bad: what became of the control subjects.
//
//   SelfCheck check = self_check(rows, live);
//   check.failed, check.sentences
//
// Each control that was played must fail at least one scenario, and each stress scenario must be
// failed by at least one control. What a gate without LIVE cannot play it does not judge, and says so.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "simulator/gate/row.h"

namespace holdfast::gate {

struct SelfCheck {
  bool failed = false;
  std::vector<std::string> sentences;
};

SelfCheck self_check(const std::vector<Row>& rows, bool live);

}  // namespace holdfast::gate
