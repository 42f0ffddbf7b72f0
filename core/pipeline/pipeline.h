// The workers of one tracker: started together, ended together, with a deadline.
//
//   Pipeline pipeline(shared);                 // starts collector, bypass, replay, shippers, usage
//   pipeline.flush(deadline);                  // everything accepted so far is safe, and counted
//   pipeline.close(deadline);                  // then: join, count what is left, free the spool
//
// close() first waits until nothing is in memory only, then for as long as deliveries go on; five
// failures in a row, or a breaker that is not closed, end the wait, since the rest is safe on disk. Then the
// usage file, if there is one, gets its last flush, and the spool is closed. A worker stuck in a disk call at
// the deadline is detached and counted; 1.5 s later at most close() has returned. flush() is safe from any
// task, close() is called once.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"
#include "core/pipeline/usage_worker.h"
#include "core/stats.h"

namespace holdfast::pipeline {

class Pipeline {
 public:
  explicit Pipeline(std::shared_ptr<Shared> shared);

  Shared& shared() { return *shared_; }
  Status flush(Time deadline);
  Status close(Time deadline);
  Stats stats() const;

 private:
  bool finished() const;
  template <class Condition>
  bool wait_for(Time deadline, Condition&& condition);
  bool join(Task& task, Time deadline);
  std::size_t join_workers(Time deadline);
  Status finish_usage(Time deadline, bool all_ended);
  Status close_spool(Time deadline);
  void count_leftovers();

  std::shared_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Task>> workers_;
  std::shared_ptr<UsageWorker> usage_;  // null: no usage file is kept
  std::unique_ptr<Task> usage_task_;
};

}  // namespace holdfast::pipeline
