#include "simulator/sweep/cases.h"

#include <utility>

#include "core/base/random.h"
#include "simulator/sweep/swarm.h"

namespace holdfast::sweep {
namespace {

constexpr std::uint64_t kTwiceOneIn = 20;

}  // namespace

SwarmCases::SwarmCases(std::vector<scenario::Scenario> bases, scenario::SeedRange seeds)
    : bases_(std::move(bases)), seeds_(seeds) {}

std::uint64_t SwarmCases::total() const { return (seeds_.last - seeds_.first + 1) * bases_.size(); }

std::optional<Trial> SwarmCases::next() {
  if (number_ == total()) return std::nullopt;
  const auto& base = bases_[number_ % bases_.size()];
  const std::uint64_t seed = seeds_.first + number_ / bases_.size();
  return Trial{.number = number_++,
               .scenario = swarm(base, seed),
               .seed = seed,
               .twice = mix64(hash_name(base.name, seed)) % kTwiceOneIn == 0};
}

}  // namespace holdfast::sweep
