// gate.json: what a gate showed, for reports and other programs. Documented in docs/formats.md.
//
//   std::string text = gate_json(result);
//
// Nothing under "virtual" depends on host or time: the same commit and scenarios give the same bytes.
// Numbers that are infinite or absent are null. Pure.
#pragma once

#include <string>

#include "simulator/gate/gate.h"

namespace holdfast::gate {

std::string gate_json(const GateResult& result);

}  // namespace holdfast::gate
