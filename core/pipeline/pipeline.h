// The workers of one tracker: started together, ended together, with a deadline.
//
//   Pipeline pipeline(shared);                 // starts collector, replay worker and shippers
//   pipeline.flush(deadline);                  // everything accepted so far is safe
//   pipeline.close(deadline);                  // then: join, count what is left, free the spool
//
// close() first waits until nothing is in memory only, then for as long as deliveries go on; five
// failures in a row, or a breaker that is not closed, end the wait, since the rest is safe on disk. A worker
// stuck in a disk call at the deadline is detached and counted; a second later at most close() has returned.
// flush() is safe from any task, close() is called once.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"
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
  std::size_t join_workers(Time deadline);
  Status close_spool(Time deadline);
  void count_leftovers();

  std::shared_ptr<Shared> shared_;
  std::vector<std::unique_ptr<Task>> workers_;
};

}  // namespace holdfast::pipeline
