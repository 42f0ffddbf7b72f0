// Fails each I/O operation of a scenario in turn, in every way in which it can fail, until a run passes
// untouched (as SQLite's tests do it).
//
//   NthCases cases({base});
//   hunt(cases, settings, interrupted);
//
// A lane is an operation, an error and a manner: that one alone, or that one and all after it until the
// faults heal. Its N goes up by one until the fault does not fire any more. Faults are armed in the last
// phase but one; each case is a scenario of ordinary rules. Of the upstream the ways are those that single
// requests meet.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "simulator/sweep/cases.h"

namespace holdfast::sweep {

class NthCases final : public Cases {
 public:
  explicit NthCases(const std::vector<scenario::Scenario>& bases);
  std::optional<Trial> next() override;
  void heard(const Trial& trial) override;
  std::uint64_t total() const override { return number_ + lanes_.size(); }  // so far

 private:
  struct Lane {
    const scenario::Scenario* base;
    std::string name;  // "fsync-eio", "send-hang"
    // What is armed for the nth operation.
    std::function<void(scenario::Phase&, std::uint64_t nth)> arm;
    std::uint64_t nth = 0;
  };

  void add_lanes(const scenario::Scenario& base);

  std::deque<scenario::Scenario> bases_;
  std::deque<Lane> lanes_;                // that wait for their next turn
  std::map<std::uint64_t, Lane> played_;  // by number of the case
  std::uint64_t number_ = 0;
};

}  // namespace holdfast::sweep
