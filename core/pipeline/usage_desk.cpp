#include "core/pipeline/usage_desk.h"

#include <utility>

#include "core/base/utf8.h"
#include "core/ingest/record_frame.h"

namespace holdfast::pipeline {
namespace {

static_assert(usage::Tally::kMaxKeyBytes >= ingest::kMaxNameBytes);

// Rows of a day, with and without a cost, of two days around midnight.
std::size_t tally_keys(const UsageOptions& options) { return 4 * options.max_keys; }

usage::Names names_of(Bytes key) {
  const auto names = ingest::read_names(key);
  return {valid_utf8(names.model), valid_utf8(names.provider), valid_utf8(names.operation)};
}

}  // namespace

usage::Bounds usage_bounds(const UsageOptions& options) {
  return {.keys_per_day = options.max_keys, .days = options.days};
}

void count_frame(usage::Tally& tally, Bytes frame, usage::Day today, std::uint64_t days) {
  const auto numbers = ingest::read_numbers(frame);
  tally.add({.day = usage::kept_day(usage::day_of(numbers.time_ns), today, days),
             .priced = numbers.cost_nanousd > 0,
             .key = ingest::frame_names(frame),
             .input_tokens = numbers.input_tokens,
             .output_tokens = numbers.output_tokens,
             .latency_us = numbers.latency_us,
             .cost_nanousd = numbers.cost_nanousd});
}

std::uint64_t pour(usage::Tally& tally, usage::Totals& totals, const usage::PriceTable& prices,
                   const usage::Bounds& bounds) {
  std::uint64_t others = 0;
  tally.drain([&](const usage::Tally::Entry& entry) {
    const usage::Names names = entry.key.empty() ? usage::other_names() : names_of(entry.key);
    usage::Sums sums = entry.sums;
    if (!entry.priced) prices.apply(names.model, sums);
    const bool own = totals.add(entry.day, names, sums, bounds);
    if (entry.key.empty() || !own) others += sums.records;
  });
  return others;
}

UsageDesk::UsageDesk(const UsageOptions& options, RandomStream seeds, std::unique_ptr<Event> due_event)
    : due(std::move(due_event)), days_(options.days) {
  const std::uint64_t seed = seeds.next();
  filling_ = std::make_unique<usage::Tally>(tally_keys(options), seed);
  handed_ = std::make_unique<usage::Tally>(tally_keys(options), seed);
}

void UsageDesk::count(std::span<const delivery::HeldRecord> records, WallTime wall) {
  if (records.empty()) return;
  const usage::Day today = usage::day_of(wall.time_since_epoch().count());
  base::MutexLock lock(mutex_);
  for (const auto& record : records) count_frame(*filling_, record.frame(), today, days_);
  counted_ = records.back().key.sequence;
}

UsageDesk::Handed UsageDesk::take() {
  base::MutexLock lock(mutex_);
  std::swap(filling_, handed_);
  return {*handed_, counted_};
}

std::uint64_t UsageDesk::counted() const {
  base::MutexLock lock(mutex_);
  return counted_;
}

}  // namespace holdfast::pipeline
