// The control: a synchronous tracker as the seed of this project had it. Each call sends its one
// record and waits for the answer; a failure returns at once and the record is gone. No file, no
// retry, no batch. Its own cost of 0.2 ms is the closed load's `think` (docs/decisions/0004).
#pragma once

#include "simulator/subject/single_send.h"
#include "simulator/subject/subject.h"

namespace holdfast::subject {

class NaiveSeed final : public Subject {
 public:
  NaiveSeed(const Environment& env, const Options& options) : send_(env, options.delivery.timeout) {}

  Status start() override { return {}; }
  std::unique_ptr<Caller> make_caller(std::uint32_t producer) override;
  bool drained() const override { return true; }
  void interrupt() override { send_.interrupt(); }
  Status stop(Duration) override { return {}; }
  std::optional<Stats> stats() const override { return std::nullopt; }

 private:
  SingleSend send_;
};

}  // namespace holdfast::subject
