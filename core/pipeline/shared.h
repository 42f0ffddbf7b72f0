// What the workers of one tracker share: the rooms they join, and the events by which they wake
// each other. Owned by shared pointers, so that a worker stuck at the end of close() may outlive
// its tracker. Each member says who may use it.
//
//   rings --collector--> spool --replay--> queue --shippers--> upstream      (bypass.h: a disk that hangs)
//              |  \__________ direct _______^                    |
//              +------- memory only (disk failed) ---^            +--> spool: settled
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "core/delivery/batch_queue.h"
#include "core/delivery/codec.h"
#include "core/env/environment.h"
#include "core/ingest/ring_registry.h"
#include "core/monitor/counters.h"
#include "core/observer.h"
#include "core/options.h"
#include "core/pipeline/breaker_gate.h"
#include "core/pipeline/feed.h"
#include "core/pipeline/held_count.h"
#include "core/pipeline/intake.h"
#include "core/pipeline/usage_desk.h"
#include "core/spool/spool.h"

namespace holdfast::pipeline {

struct Shared {
  Shared(Environment environment, Options settings, std::unique_ptr<spool::Spool> opened,
         std::unique_ptr<delivery::Codec> upstream_codec, Observer& listener);

  Environment env;
  const Options options;
  Observer& observer;

  ingest::RingRegistry rings;              // producers, intake
  HeldCount held;                          // any worker
  std::unique_ptr<UsageDesk> usage;        // intake, usage worker, who asks; null: no usage file is kept
  Intake intake;                           // collector, bypass
  std::unique_ptr<spool::Spool> spool;     // see its own rules
  delivery::BatchQueue queue;              // any worker
  std::unique_ptr<delivery::Codec> codec;  // shippers
  monitor::Counters counters;              // any worker

  std::unique_ptr<Event> work;      // for shippers: the queue or the breaker changed
  std::unique_ptr<Event> upkeep;    // for the replay worker: room in the queue, records settled
  std::unique_ptr<Event> progress;  // for waiters in flush() and close()
  std::unique_ptr<Event> relief;    // for the bypass: the end has come

  BreakerGate gate;  // shippers
  Feed feed;         // collector, replay

  std::atomic<bool> closing{false};            // no new records: finish what is there
  std::atomic<bool> stopping{false};           // workers end at their next look
  CancelFlag cancel_sends{false};              // requests under way are given up
  std::atomic<bool> abandoned{false};          // close() has returned without waiting for every worker
  std::atomic<bool> try_disk{false};           // there is room again, or a location: the collector may commit
  std::atomic<bool> disk_failed{false};        // records are held in memory
  std::atomic<bool> disk_full{false};          // the last commit found no room
  std::atomic<Time> committing_since{kNever};  // when the collector went into its commit; kNever: it is out

  // Out of the rings, counted; at most `limit`.
  std::size_t take_in(std::size_t limit, std::vector<delivery::HeldRecord>& into);
  // How many records memory.max_bytes allows to be held; those the caller has in hand count as new ones.
  std::size_t memory_room(std::size_t in_hand = 0) const;

  // Refused records on their way to the quarantine directory, which the replay worker writes.
  void quarantine(const delivery::HeldRecord& record, const char* why);
  std::vector<std::byte> take_refused();
  void put_back_refused(Bytes frames);  // writing them failed: tried again later, as far as there is room

  // A record leaves the pipeline: it is settled in the spool or gone from memory.
  bool settle(const delivery::HeldRecord& record);

 private:
  base::Mutex refused_mutex_;
  std::vector<std::byte> refused_;  // frames, one after the other
};

}  // namespace holdfast::pipeline
