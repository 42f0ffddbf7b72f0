#include "core/ingest/record_frame.h"

#include "core/base/check.h"

namespace holdfast::ingest {

std::optional<UsageRecord> read_frame(Bytes bytes) {
  ByteReader in(bytes);
  UsageRecord record;
  record.time_ns = in.i64();
  record.reference = in.u64();
  record.cost_nanousd = in.u64();
  record.input_tokens = in.u32();
  record.output_tokens = in.u32();
  record.latency_us = in.u32();
  const std::size_t model = in.u8();
  const std::size_t provider = in.u8();
  const std::size_t operation = in.u8();
  const std::uint8_t version = in.u8();
  if (!in.ok() || version != kFrameVersion || in.left() != model + provider + operation) return std::nullopt;
  const std::string_view text = as_text(bytes.subspan(kFrameFixedBytes));
  record.model = text.substr(0, model);
  record.provider = text.substr(model, provider);
  record.operation = text.substr(model + provider, operation);
  return record;
}

std::int64_t frame_time(Bytes frame) {
  HOLDFAST_CHECK(frame.size() >= kFrameFixedBytes, "a record frame has its fixed part");
  return ByteReader(frame).i64();
}

void stamp_frame(std::span<std::byte> frame, std::int64_t time_ns) {
  HOLDFAST_CHECK(frame.size() >= kFrameFixedBytes, "a record frame has its fixed part");
  ByteWriter(frame.data()).i64(time_ns);
}

std::uint64_t frame_reference(Bytes frame) {
  HOLDFAST_CHECK(frame.size() >= kFrameFixedBytes, "a record frame has its fixed part");
  return ByteReader(frame.subspan(8)).u64();
}

FrameNames read_names(Bytes names) {
  ByteReader in(names);
  const std::size_t model = in.u8();
  const std::size_t provider = in.u8();
  (void)in.u8();  // the operation has the rest
  (void)in.u8();  // the version
  HOLDFAST_CHECK(in.ok() && in.left() >= model + provider, "names lie within their frame");
  const std::string_view text = as_text(names.last(in.left()));
  return {text.substr(0, model), text.substr(model, provider), text.substr(model + provider)};
}

}  // namespace holdfast::ingest
