#include "simulator/subject/naive_seed.h"

namespace holdfast::subject {
namespace {

class NaiveSeedCaller final : public Caller {
 public:
  explicit NaiveSeedCaller(SingleSend& send) : send_(send) {}

  oracle::CallOutcome call(const UsageRecord& record) override {
    Request request = send_.request_for(record);
    return send_.once(request) ? oracle::CallOutcome::accepted : oracle::CallOutcome::failed;
  }

 private:
  SingleSend& send_;
};

}  // namespace

std::unique_ptr<Caller> NaiveSeed::make_caller(std::uint32_t) {
  return std::make_unique<NaiveSeedCaller>(send_);
}

}  // namespace holdfast::subject
