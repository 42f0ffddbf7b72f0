// A worker that brings batches to the upstream, one request at a time, until the upstream has
// answered for every record: delivered, to be tried again, or refused for good (quarantined).
//
// At least once: after an unknown outcome the same batch is sent again under the same keys.
#pragma once

#include <memory>
#include <vector>

#include "core/pipeline/shared.h"
#include "core/policy/backoff.h"

namespace holdfast::pipeline {

class Shipper {
 public:
  Shipper(std::shared_ptr<Shared> shared, std::size_t number);
  void run();

 private:
  void ship(delivery::Batch batch, BreakerGate::Permit permit);
  void drop_expired(delivery::Batch& batch);
  bool decode_records(delivery::Batch& batch);
  void answered(delivery::Batch batch, const Response& response, BreakerGate::Permit permit);
  void apply(delivery::Batch batch, std::span<const delivery::ElementResult> results);
  void refused(delivery::Batch batch);
  void retry(delivery::Batch batch, Duration at_least, const std::string& why);

  std::shared_ptr<Shared> shared_;
  Shared& s_;
  policy::Backoff backoff_;
  RandomStream jitter_;
  std::vector<delivery::DeliveryRecord> records_;  // of the batch under way
  std::vector<std::uint64_t> references_;
};

}  // namespace holdfast::pipeline
