// The control: a synchronous tracker as the seed of this project had it. Each call sends its one
// record and waits for the answer; a failure returns at once and the record is gone. No file, no
// retry, no batch. Its own cost of 0.2 ms is the closed load's `think` (docs/decisions/0004).
#pragma once

#include <atomic>

#include "core/delivery/codecs/lineage.h"
#include "core/options.h"
#include "simulator/subject/subject.h"

namespace holdfast::subject {

class NaiveSeed final : public Subject {
 public:
  NaiveSeed(Environment env, Options options) : env_(env), options_(std::move(options)) {}

  Status start() override { return {}; }
  std::unique_ptr<Caller> make_caller(std::uint32_t producer) override;
  bool drained() const override { return true; }
  Status stop(Duration) override { return {}; }
  std::optional<Stats> stats() const override { return std::nullopt; }

 private:
  friend class NaiveCaller;

  Environment env_;
  Options options_;
  delivery::LineageCodec codec_;
  std::atomic<std::uint64_t> next_sequence_{1};
  CancelFlag never_{false};
};

}  // namespace holdfast::subject
