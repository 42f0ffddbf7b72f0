// A process event of a phase, read from its JSON object: see process_event.h for the forms.
//
//   ProcessEvent event = read_process_event(reader);
//
// Mistakes go to the reader's problems. Pure.
#pragma once

#include "core/config/reader_json.h"
#include "simulator/scenario/process_event.h"

namespace holdfast::scenario {

ProcessEvent read_process_event(config::ObjectReader reader);

}  // namespace holdfast::scenario
