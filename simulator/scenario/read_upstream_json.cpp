#include "simulator/scenario/read_upstream_json.h"

#include <string_view>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/read_names_json.h"
#include "simulator/scenario/scenario_keys.h"

namespace holdfast::scenario {
namespace {

using config::ObjectReader;
using namespace std::chrono_literals;

constexpr std::uint64_t kMostTurns = 1'000'000'000;

// 0.25 as parts of kCertain.
bool read_share(ObjectReader& reader, std::string_view key, std::uint64_t& share) {
  double value = 0;
  if (!reader.number(key, value, {0, 1})) return false;
  share = static_cast<std::uint64_t>(value * static_cast<double>(upstream::kCertain) + 0.5);
  return true;
}

// "16KiB/s".
bool read_bandwidth(ObjectReader& reader, std::string_view key, std::uint64_t& bytes_per_second) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 40;
  std::string text;
  if (!reader.text(key, text)) return false;
  const auto size = text.ends_with("/s") ? parse_size(std::string_view(text).substr(0, text.size() - 2))
                                         : Result<std::uint64_t>(0);
  if (size && *size >= 1 && *size <= kMost) {
    bytes_per_second = *size;
    return true;
  }
  reader.problem(key, "found the text \"" + text +
                          "\"; allowed: bytes a second like \"16KiB/s\", from \"1B/s\" to \"1TiB/s\" (units: "
                          "B, KiB, MiB, GiB, TiB)");
  return false;
}

void read_when(ObjectReader reader, upstream::UpstreamRule& rule) {
  reader.allow(keys_of("/phases/*/upstream/*/when"));
  read_share(reader, "probability", rule.probability);
  reader.duration("from", rule.from, {0s, 24h});
  reader.duration("to", rule.to, {0s, 24h});
  reader.count("nth", rule.nth, {1, kMostTurns});
  reader.count("from_nth", rule.from_nth, {1, kMostTurns});
  if (rule.nth > 0 && rule.from_nth > 0)
    reader.problem("from_nth", "\"nth\" is one request and \"from_nth\" all from there on; give one of them");
  if (rule.from >= rule.to)
    reader.problem("to", "the window ends before it begins; \"to\" comes after \"from\"");
}

void read_effect(ObjectReader reader, upstream::UpstreamEffect& effect) {
  const auto keys = keys_of("/phases/*/upstream/*/effect");
  reader.allow(keys);
  std::size_t given = 0;
  for (std::string_view key : keys) given += reader.find(key) != nullptr ? 1 : 0;
  if (given != 1)
    reader.problem_here("an effect is exactly one of " + quoted_list(keys) + "; write one rule for each");
  if (const auto outage = reader.choice("outage", kOutageNames))
    effect.outage = static_cast<upstream::Outage>(*outage);
  if (const auto reset = reader.choice("reset", kResetNames))
    effect.reset = static_cast<upstream::Reset>(*reset);
  if (const auto answer = reader.choice("answer", kAnswerFaultNames))
    effect.answer = static_cast<upstream::AnswerFault>(*answer);
  if (Duration latency{0}; reader.duration("latency", latency, {1us, 1h})) effect.latency = latency;
  if (std::uint64_t slow = 0; read_bandwidth(reader, "slow", slow)) effect.slow = slow;
  if (std::uint64_t rate = 0; read_share(reader, "error_rate", rate)) effect.error_rate = rate;
  if (std::uint64_t share = 0; read_share(reader, "partial", share)) effect.partial = share;
}

// A closed port is closed to everybody.
void refuse_turns(ObjectReader& reader, const upstream::UpstreamRule& rule) {
  if (!rule.counts() || rule.effect.outage != upstream::Outage::refuse) return;
  auto when = reader.object("when");
  when->problem(rule.nth > 0 ? "nth" : "from_nth",
                "outage \"refuse\" counts no requests: a port is closed to everybody");
}

// These two know no chance of their own: one is for everybody, the other is itself a probability.
void refuse_probability(ObjectReader& reader, const upstream::UpstreamRule& rule) {
  auto when = reader.object("when");
  if (!when || when->find("probability") == nullptr) return;
  if (rule.effect.outage == upstream::Outage::refuse)
    when->problem("probability", "outage \"refuse\" has no probability: a port is closed to everybody");
  if (rule.effect.error_rate)
    when->problem("probability", "error_rate is itself the probability; leave this one out");
}

}  // namespace

upstream::UpstreamSettings read_upstream_settings(ObjectReader reader) {
  upstream::UpstreamSettings settings;
  reader.allow(keys_of("/upstream"));
  reader.duration("latency", settings.latency, {0s, 1h});
  std::uint64_t concurrency = settings.concurrency;
  reader.count("concurrency", concurrency, {1, 100'000});
  settings.concurrency = static_cast<std::uint32_t>(concurrency);
  return settings;
}

upstream::UpstreamRule read_upstream_rule(ObjectReader reader) {
  upstream::UpstreamRule rule;
  reader.allow(keys_of("/phases/*/upstream/*"));
  read_rule_name(reader, rule.name);
  if (auto when = reader.object("when")) read_when(*when, rule);
  reader.require("effect");
  if (auto effect = reader.object("effect")) read_effect(*effect, rule.effect);
  refuse_probability(reader, rule);
  refuse_turns(reader, rule);
  return rule;
}

}  // namespace holdfast::scenario
