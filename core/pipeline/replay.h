// The worker that looks after the spool behind the others' backs: reads records back for the
// shippers when they wait on disk, retires settled segments, tries locations that failed, saves the
// checkpoint hint, and writes refused records to the quarantine directory.
#pragma once

#include <memory>

#include "core/pipeline/shared.h"

namespace holdfast::pipeline {

class Replay {
 public:
  explicit Replay(std::shared_ptr<Shared> shared) : shared_(std::move(shared)), s_(*shared_) {}
  void run();

 private:
  bool refill();
  void tidy(Time now);
  void tend(Time now);
  void keep_refused();

  std::shared_ptr<Shared> shared_;
  Shared& s_;
  Time hint_due_{};
};

}  // namespace holdfast::pipeline
