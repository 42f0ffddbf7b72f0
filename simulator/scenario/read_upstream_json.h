// The parts of a scenario that are about the upstream: its settings and the rules of its faults.
//
//   scenario.upstream = read_upstream_settings(reader);
//   phase.upstream.push_back(read_upstream_rule(ObjectReader(rule, pointer, problems)));
//
// What each effect does is in simulator/upstream/upstream_fault.h. Pure.
#pragma once

#include "core/config/reader_json.h"
#include "simulator/upstream/upstream_fault.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::scenario {

upstream::UpstreamSettings read_upstream_settings(config::ObjectReader reader);
upstream::UpstreamRule read_upstream_rule(config::ObjectReader reader);

}  // namespace holdfast::scenario
