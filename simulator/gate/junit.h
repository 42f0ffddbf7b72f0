// JUnit XML: one test suite for each row of the gate, one test case for each thing it is judged by.
//
//   file << junit_xml(result);
//
// A case is a failure when the gate fails by it, an error when a run could not be judged, and skipped when
// it is not judged here. Inconclusive is a failure, since it is not a pass. Controls are the suite
// "self-check", whose cases fail when this gate cannot tell good from bad; what the gate does not play is
// skipped in the suite "not run". Without times, so that two gates over the same code give the same bytes
// in VIRTUAL. Pure.
#pragma once

#include <string>

#include "simulator/gate/gate.h"

namespace holdfast::gate {

std::string junit_xml(const GateResult& result);

}  // namespace holdfast::gate
