#include "simulator/subject/holdfast_subject.h"

namespace holdfast::subject {
namespace {

oracle::CallOutcome outcome_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::accepted: return oracle::CallOutcome::accepted;
    case Outcome::rejected_ring_full: return oracle::CallOutcome::rejected_ring_full;
    case Outcome::rejected_too_large: return oracle::CallOutcome::rejected_too_large;
    case Outcome::rejected_closed: return oracle::CallOutcome::rejected_closed;
  }
  return oracle::CallOutcome::failed;
}

class ProducerCaller final : public Caller {
 public:
  explicit ProducerCaller(Producer producer) : producer_(std::move(producer)) {}
  oracle::CallOutcome call(const UsageRecord& record) override {
    return outcome_of(producer_.record(record));
  }

 private:
  Producer producer_;
};

}  // namespace

Status HoldfastSubject::start() {
  auto tracker = Tracker::open(env_, options_, &observer_);
  if (!tracker) return fail(tracker.error());
  tracker_ = std::move(*tracker);
  return {};
}

std::unique_ptr<Caller> HoldfastSubject::make_caller(std::uint32_t) {
  return std::make_unique<ProducerCaller>(tracker_->make_producer());
}

bool HoldfastSubject::drained() const {
  const Stats stats = tracker_->stats();
  return stats.pending_memory == 0 && stats.pending_spool == 0;
}

Status HoldfastSubject::stop(Duration within) { return tracker_->close(within); }

std::optional<Stats> HoldfastSubject::stats() const {
  if (!tracker_) return std::nullopt;
  return tracker_->stats();
}

}  // namespace holdfast::subject
