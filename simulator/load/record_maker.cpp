// make_record() of arrivals.h: what a record says, drawn from its number so that LIVE, VIRTUAL and a
// restarted subject all make the same one.
#include <algorithm>
#include <iterator>

#include "core/base/random.h"
#include "simulator/load/arrivals.h"

namespace holdfast::load {
namespace {

struct Model {
  std::string_view name;
  std::string_view provider;
  std::uint64_t input_nanousd;  // per token
  std::uint64_t output_nanousd;
};

constexpr Model kModels[] = {
    {"gpt-4o", "openai", 2'500, 10'000},
    {"gpt-4o-mini", "openai", 150, 600},
    {"claude-3-5-sonnet", "anthropic", 3'000, 15'000},
    {"claude-3-5-haiku", "anthropic", 800, 4'000},
    {"gemini-1.5-pro", "google", 1'250, 5'000},
};
constexpr std::string_view kOperations[] = {"chat", "completion", "embedding", "review"};

// A value in [0, bound) from the record's hash; `user` keeps the draws apart.
std::uint64_t draw(std::uint64_t hash, std::string_view user, std::uint64_t bound) {
  return hash_name(user, hash) % bound;
}

}  // namespace

UsageRecord make_record(const ArrivalTime& arrival, std::uint64_t index, std::uint64_t seed) {
  const std::uint64_t hash = mix64(mix64(seed) ^ index);
  const Model& model = kModels[draw(hash, "model", std::size(kModels))];
  const bool recorded = arrival.input_tokens != 0 || arrival.output_tokens != 0;
  UsageRecord record;
  record.input_tokens = arrival.input_tokens;
  record.output_tokens = arrival.output_tokens;
  if (!recorded) {
    record.input_tokens = static_cast<std::uint32_t>(1 + draw(hash, "input", 8'000));
    record.output_tokens = static_cast<std::uint32_t>(1 + draw(hash, "output", 800));
  }
  // About 20 ms for each token that the model writes, as a service that streams has.
  record.latency_us = static_cast<std::uint32_t>(50'000 + draw(hash, "latency", 20'000)) +
                      20'000 * std::min<std::uint32_t>(record.output_tokens, 100'000);
  record.cost_nanousd =
      record.input_tokens * model.input_nanousd + record.output_tokens * model.output_nanousd;
  record.reference = index;
  record.model = model.name;
  record.provider = model.provider;
  record.operation = kOperations[draw(hash, "operation", std::size(kOperations))];
  return record;
}

}  // namespace holdfast::load
