// What the workers count. Each counter is on its own; stats() of the tracker reads them together
// with the rings, the queue and the spool. Safe from any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace holdfast::monitor {

struct Counters {
  using Counter = std::atomic<std::uint64_t>;

  Counter collected{0};  // taken out of the rings
  Counter delivered{0};
  Counter quarantined{0};
  Counter expired{0};
  Counter lost_shutdown{0};

  Counter commits{0};
  Counter failed_commits{0};
  Counter requests{0};
  Counter retries{0};
  Counter duplicates{0};
  Counter fallbacks{0};
  Counter detached_workers{0};

  Counter usage_counted{0};  // of this life, in a usage file that is durable
  Counter usage_recounted{0};
  Counter usage_lost{0};
  Counter usage_other{0};
  Counter usage_flushes{0};
  Counter usage_failures{0};
  Counter usage_fallbacks{0};
  Counter usage_recoveries{0};
};

}  // namespace holdfast::monitor
