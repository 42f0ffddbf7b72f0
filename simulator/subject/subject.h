// Who is tested, in either world: something that takes records from a load driver.
//
//   auto subject = make_subject(env, scenario.subject, observer);
//   subject->start();
//   auto caller = subject->make_caller(producer);     // one per producer task
//   caller->call(record);
//   subject->interrupt(); subject->stop(within);
//
// start() and stop() block, on a task of the subject's world.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/env/environment.h"
#include "core/observer.h"
#include "core/record.h"
#include "core/stats.h"
#include "simulator/oracle/ledger.h"
#include "simulator/scenario/scenario.h"

namespace holdfast::subject {

class Caller {
 public:
  virtual ~Caller() = default;
  virtual oracle::CallOutcome call(const UsageRecord& record) = 0;
};

class Subject {
 public:
  virtual ~Subject() = default;
  virtual Status start() = 0;
  virtual std::unique_ptr<Caller> make_caller(std::uint32_t producer) = 0;
  // Nothing that was accepted waits for delivery any more.
  virtual bool drained() const = 0;
  // Fails once the subject has ended without being asked to, with what there is to say of it.
  virtual Status health() const { return {}; }
  // Calls under way return soon: the harness wants to stop. From any task.
  virtual void interrupt() {}
  virtual Status stop(Duration within) = 0;
  // The subject's own books; naive subjects keep none.
  virtual std::optional<Stats> stats() const = 0;
};

// `settings.options` must have its spool directory and endpoint filled in. The observer may be told
// of durable records from the subject's workers.
std::unique_ptr<Subject> make_subject(Environment env, const scenario::Subject& settings, Observer& observer);

}  // namespace holdfast::subject
