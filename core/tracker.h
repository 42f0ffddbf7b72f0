// The resilience core's face: a program records, the tracker keeps and delivers.
//
//   host::HostEnvironment host(options.delivery.endpoint);
//   auto tracker = Tracker::open(host.environment(), options);
//   if (!tracker) ...                                        // says which directory or option is wrong
//   Producer producer = (*tracker)->make_producer();         // one per thread
//   producer.record({.input_tokens = 812, .model = "gpt-4o-mini", .provider = "openai", .operation =
//   "chat"});
//   (*tracker)->close(std::chrono::seconds(5));
//
// What happens to a record:
//
//   record() -> ring -> collector -> spool (group commit) -> shippers -> upstream -> settled, retired
//
// Guarantees (spool mode `always`): a record reported durable survives a crash and is delivered at
// least once under one idempotency key, or is counted quarantined or expired. record() never blocks
// and never fails but with a counted Outcome. What they rest on: docs/guarantees.md.
//
// open(), close() and flush() block and belong to one thread; make_producer() and stats() are safe
// from any. close() must be called before the tracker is destroyed: it blocks, and says what was lost.
#pragma once

#include <memory>

#include "core/env/environment.h"
#include "core/ingest/producer.h"
#include "core/observer.h"
#include "core/options.h"
#include "core/record.h"
#include "core/stats.h"

namespace holdfast {

namespace pipeline {
class Pipeline;
}

class Tracker {
 public:
  // Opens and recovers the spool, starts the workers. The options are taken as valid: see
  // config/options_table.h. Code::busy when another tracker uses one of the directories. A disk that
  // fails is no reason to refuse: records are held in memory and delivered from there, stats().location()
  // says so, and the disk is tried again. The environment
  // and the observer must outlive the tracker, and the process where close() left workers behind
  // (stats().detached_workers): a call into a hanging disk cannot be taken back.
  static Result<std::unique_ptr<Tracker>> open(Environment environment, const Options& options,
                                               Observer* observer = nullptr);
  ~Tracker();
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;

  Producer make_producer();

  // Waits until every record accepted before the call is durable or delivered and, where a usage file is
  // kept, counted in it.
  Status flush(Duration within);

  // Refuses new records, makes all others safe, delivers what it can. Code::timeout when the
  // deadline came first; what was lost then is in stats().lost_shutdown. Code::unavailable when all is
  // well but that no location took the usage file: the next life counts from the spool.
  Status close(Duration within);

  Stats stats() const;

 private:
  explicit Tracker(std::unique_ptr<pipeline::Pipeline> pipeline);

  std::unique_ptr<pipeline::Pipeline> pipeline_;
  bool closed_ = false;
};

}  // namespace holdfast
