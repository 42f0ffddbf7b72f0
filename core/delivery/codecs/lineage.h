// The codec of the pattern traceability API: one POST carries a JSON array of records, each with
// the idempotency key under which the service remembers it; the answer has one word per element.
//
//   LineageCodec codec;
//   Request request = codec.encode(records, batch, attempt);
//   auto results = codec.decode(response, records.size());
//
//   POST /api/pattern-traceability/lineage/track
//   [{"key":"00000000000000a7-12","reference":12,"time":1700000000000000000,"model":"gpt-4o-mini",
//     "provider":"openai","operation":"chat","input_tokens":812,"output_tokens":64,
//     "latency_us":91000,"cost_nanousd":160200}, ...]
//   200 {"results":["accepted","duplicate","retry","rejected", ...]}      in the order of the request
//
// A key is the epoch in 16 hexadecimal digits, a dash, and the sequence in decimal. Bytes that are
// not UTF-8 are replaced by U+FFFD, so that one bad name cannot spoil a batch. Stateless: safe from
// any task.
#pragma once

#include <string_view>

#include "core/delivery/codec.h"

namespace holdfast::delivery {

inline constexpr std::string_view kLineageTarget = "/api/pattern-traceability/lineage/track";
inline constexpr std::string_view kHealthTarget = "/health";

class LineageCodec : public Codec {
 public:
  Request encode(std::span<const DeliveryRecord> records, std::uint64_t batch,
                 std::uint32_t attempt) const override;
  Result<std::vector<ElementResult>> decode(const Response& response, std::size_t count) const override;
  Request health_check() const override;
};

}  // namespace holdfast::delivery
