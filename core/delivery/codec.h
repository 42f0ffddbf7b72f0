// How records become a request of one particular upstream, and how its answer is read. Everything
// that is specific to an upstream service lives in delivery/codecs and nowhere else.
//
//   Request request = codec.encode(records, batch, attempt);
//   auto results = codec.decode(response, records.size());   // one result per element, in order
//
// Codecs are stateless and safe from any task.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/env/transport.h"
#include "core/record.h"

namespace holdfast::delivery {

struct DeliveryRecord {
  RecordKey key;
  UsageRecord record;  // its strings point into storage that the batch owns
};

enum class ElementResult : std::uint8_t {
  accepted,   // applied now
  duplicate,  // was applied before: delivered all the same
  retry,      // not applied; may be tried again
  rejected,   // not applied and never will be: quarantine it
};

class Codec {
 public:
  virtual ~Codec() = default;
  virtual Request encode(std::span<const DeliveryRecord> records, std::uint64_t batch,
                         std::uint32_t attempt) const = 0;
  // For a response with a status that says the body was processed (2xx). Fails with
  // Code::corrupted when the body is not what this upstream answers.
  virtual Result<std::vector<ElementResult>> decode(const Response& response, std::size_t count) const = 0;
  virtual Request health_check() const = 0;
};

}  // namespace holdfast::delivery
