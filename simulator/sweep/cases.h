// What a hunt plays: one case after the other, each a scenario with a seed.
//
//   SwarmCases cases(bases, {1, 1000});
//   while (auto trial = cases.next()) ...
//
// A source may let what it hears of its cases decide which come next. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "simulator/scenario/scenario.h"
#include "simulator/sweep/trials.h"

namespace holdfast::sweep {

class Cases {
 public:
  virtual ~Cases() = default;
  // None: there are no more, or none before another one was heard of.
  virtual std::optional<Trial> next() = 0;
  virtual void heard(const Trial&) {}
  // How many there will be, as far as that is known.
  virtual std::uint64_t total() const = 0;
};

// Every seed over every base, seed by seed; one in twenty is played twice.
class SwarmCases final : public Cases {
 public:
  SwarmCases(std::vector<scenario::Scenario> bases, scenario::SeedRange seeds);
  std::optional<Trial> next() override;
  std::uint64_t total() const override;

 private:
  std::vector<scenario::Scenario> bases_;
  scenario::SeedRange seeds_;
  std::uint64_t number_ = 0;
};

}  // namespace holdfast::sweep
