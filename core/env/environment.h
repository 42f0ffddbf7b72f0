// The whole outside world of a tracker, as references. host::HostEnvironment gives the real
// machine, the simulator's virtual world gives a simulated one. Everything must outlive the tracker.
#pragma once

#include "core/base/random.h"
#include "core/env/clock.h"
#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/env/scheduler.h"
#include "core/env/transport.h"

namespace holdfast {

struct Environment {
  Clock& clock;
  Scheduler& scheduler;
  FileSystem& files;
  Transport& transport;
  Random random;  // host: seeded by the operating system; simulation: by the scenario
  Log& log;
};

}  // namespace holdfast
