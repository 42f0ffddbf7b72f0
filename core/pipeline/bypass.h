// The worker that stands in for the collector while a disk call keeps it: a disk that hangs neither
// succeeds nor fails, so nobody tells the collector to go on without it.
//
//   rings --collector--> spool                 a commit returns: the usual way
//     |       (stuck)
//     +----bypass------> queue --> shippers    it has not for kPatience: memory only, as for a full disk
//
// What is in the commit waits for the disk. What comes meanwhile is held in bounded memory and delivered
// from there; the collector brings to disk what is left of it when it is back. Makes no disk call itself.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"

namespace holdfast::pipeline {

class Bypass {
 public:
  explicit Bypass(std::shared_ptr<Shared> shared) : shared_(std::move(shared)), s_(*shared_) {}
  void run();

 private:
  bool collector_is_stuck(Time now) const;
  void take_over(Time now);

  std::shared_ptr<Shared> shared_;
  Shared& s_;
  std::vector<delivery::HeldRecord> taken_;
};

}  // namespace holdfast::pipeline
