// The core itself as a subject: a Tracker, unchanged.
#pragma once

#include "core/tracker.h"
#include "simulator/subject/subject.h"

namespace holdfast::subject {

class HoldfastSubject final : public Subject {
 public:
  HoldfastSubject(Environment env, Options options, Observer& observer)
      : env_(env), options_(std::move(options)), observer_(observer) {}

  Status start() override;
  std::unique_ptr<Caller> make_caller(std::uint32_t producer) override;
  bool drained() const override;
  Status stop(Duration within) override;
  std::optional<Stats> stats() const override;

 private:
  Environment env_;
  Options options_;
  Observer& observer_;
  std::unique_ptr<Tracker> tracker_;
};

}  // namespace holdfast::subject
