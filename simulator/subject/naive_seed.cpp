#include "simulator/subject/naive_seed.h"

namespace holdfast::subject {

class NaiveCaller final : public Caller {
 public:
  explicit NaiveCaller(NaiveSeed& seed)
      : seed_(seed), epoch_(seed.env_.random.stream("naive.epoch").next() | 1) {}

  oracle::CallOutcome call(const UsageRecord& record) override {
    delivery::DeliveryRecord one{{epoch_, seed_.next_sequence_.fetch_add(1)}, record};
    if (one.record.time_ns == 0) one.record.time_ns = seed_.env_.clock.wall().time_since_epoch().count();
    const Request request = seed_.codec_.encode(std::span(&one, 1), one.key.sequence, 0);
    const Time deadline = seed_.env_.clock.now() + seed_.options_.delivery.timeout;
    const SendResult result = seed_.env_.transport.send(request, deadline, seed_.never_);
    const bool sent = result.outcome == SendResult::Outcome::response && result.response.status == 200;
    return sent ? oracle::CallOutcome::accepted : oracle::CallOutcome::failed;
  }

 private:
  NaiveSeed& seed_;
  std::uint64_t epoch_;
};

std::unique_ptr<Caller> NaiveSeed::make_caller(std::uint32_t) { return std::make_unique<NaiveCaller>(*this); }

}  // namespace holdfast::subject
