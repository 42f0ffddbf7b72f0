#include "core/pipeline/shipper.h"

#include <algorithm>

#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {

using delivery::Batch;
using delivery::ElementResult;
using delivery::HeldRecord;

namespace {

constexpr Duration kLongestRetryAfter = std::chrono::hours(1);  // however long the upstream asks for

bool is_success(int status) { return status >= 200 && status < 300; }

// The body itself was refused, and would be refused again.
bool is_refusal(int status) { return status == 400 || status == 413 || status == 422; }

}  // namespace

Shipper::Shipper(std::shared_ptr<Shared> shared, std::size_t number)
    : shared_(std::move(shared)),
      s_(*shared_),
      backoff_({.base = s_.options.delivery.backoff.base, .max = s_.options.delivery.backoff.max}),
      jitter_(s_.env.random.stream("delivery.backoff." + std::to_string(number))) {}

void Shipper::run() {
  for (;;) {
    const std::uint64_t ticket = s_.work->ticket();  // before any look, so that no wake-up is missed
    if (s_.stopping.load()) return;
    const Time now = s_.env.clock.now();
    const Time ready = s_.queue.ready_at(now);
    if (ready > now) {
      s_.work->wait_until(ticket, ready);
      continue;
    }
    auto permit = s_.gate.try_acquire(now);
    if (!permit) {
      s_.work->wait_until(ticket, std::max(now + s_.options.collector.poll, s_.gate.retry_at()));
      continue;
    }
    if (auto batch = s_.queue.take(now)) ship(std::move(*batch), std::move(*permit));
  }
}

void Shipper::ship(Batch batch, BreakerGate::Permit permit) {
  drop_expired(batch);
  if (!decode_records(batch)) return;
  const Request request = s_.codec->encode(records_, batch.id, batch.attempt);
  s_.counters.requests.fetch_add(1);
  if (batch.attempt > 0) s_.counters.retries.fetch_add(1);
  const Time deadline = s_.env.clock.now() + s_.options.delivery.timeout;
  const SendResult result = s_.env.transport.send(request, deadline, s_.cancel_sends);
  if (result.outcome == SendResult::Outcome::response)
    return answered(std::move(batch), result.response, std::move(permit));
  if (result.error.code != Code::cancelled) permit.fail(s_.env.clock.now());
  retry(std::move(batch), Duration{0}, result.error.message);
}

void Shipper::drop_expired(Batch& batch) {
  const Time now = s_.env.clock.now();
  const std::int64_t oldest = (s_.env.clock.wall() - s_.options.delivery.max_age).time_since_epoch().count();
  std::erase_if(batch.records, [&](const HeldRecord& record) {
    if (ingest::frame_time(record.frame()) >= oldest) return false;
    if (s_.settle(record)) {
      s_.counters.expired.fetch_add(1);
      s_.observer.on_dropped(now, ingest::frame_reference(record.frame()), DropReason::expired);
    }
    return true;
  });
}

// False when nothing is left to send.
bool Shipper::decode_records(Batch& batch) {
  records_.clear();
  std::erase_if(batch.records, [&](const HeldRecord& record) {
    if (ingest::read_frame(record.frame())) return false;
    s_.quarantine(record, "a record's frame does not read as a record");
    return true;
  });
  // Once more, now that the batch has stopped moving: the strings point into it.
  for (const HeldRecord& record : batch.records)
    records_.push_back({record.key, *ingest::read_frame(record.frame())});
  return !records_.empty();
}

void Shipper::answered(Batch batch, const Response& response, BreakerGate::Permit permit) {
  const Time now = s_.env.clock.now();
  if (is_success(response.status)) {
    auto results = s_.codec->decode(response, batch.records.size());
    if (!results) {
      permit.fail(now);
      return retry(std::move(batch), Duration{0}, results.error().message);
    }
    permit.succeed(now);
    return apply(std::move(batch), *results);
  }
  if (is_refusal(response.status)) {
    permit.succeed(now);  // the upstream is well: it is the batch that is not
    return refused(std::move(batch));
  }
  permit.fail(now);
  retry(std::move(batch), std::min(response.retry_after, kLongestRetryAfter),
        "the upstream answered " + std::to_string(response.status));
}

void Shipper::apply(Batch batch, std::span<const ElementResult> results) {
  references_.clear();
  Batch again{.id = batch.id, .attempt = batch.attempt, .records = {}};
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const HeldRecord& record = batch.records[i];
    switch (results[i]) {
      case ElementResult::duplicate: s_.counters.duplicates.fetch_add(1); [[fallthrough]];
      case ElementResult::accepted:
        references_.push_back(ingest::frame_reference(record.frame()));
        if (s_.settle(record)) s_.counters.delivered.fetch_add(1);
        break;
      case ElementResult::retry: again.records.push_back(record); break;
      case ElementResult::rejected: s_.quarantine(record, "the upstream refused a record for good"); break;
    }
  }
  s_.observer.on_acknowledged(s_.env.clock.now(), references_);
  s_.upkeep->notify();
  s_.progress->notify();
  if (!again.records.empty()) retry(std::move(again), Duration{0}, "the upstream asks for records again");
}

// One bad record must not hold up its neighbours: halve the batch until it stands alone.
void Shipper::refused(Batch batch) {
  if (batch.records.size() == 1) {
    s_.quarantine(batch.records.front(), "the upstream refuses this record");
    s_.upkeep->notify();
    s_.progress->notify();
    return;
  }
  const auto middle = batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
  const Time now = s_.env.clock.now();
  Batch second = s_.queue.new_batch({middle, batch.records.end()});
  batch.records.erase(middle, batch.records.end());
  ++batch.attempt;
  s_.queue.give_back(std::move(batch), now);
  s_.queue.give_back(std::move(second), now);
  s_.work->notify();
}

void Shipper::retry(Batch batch, Duration at_least, const std::string& why) {
  const Duration pause = std::max(at_least, backoff_.delay(batch.attempt, jitter_));
  ++batch.attempt;
  s_.env.log.write(Log::Level::info, "delivery.retry", why);
  s_.queue.give_back(std::move(batch), s_.env.clock.now() + pause);
  s_.work->notify();
}

}  // namespace holdfast::pipeline
