// One line of a gate's table: a scenario with a subject in a world, over all its seeds.
//
//   Row row("disk/full", "holdfast", live);
//   row.add(*outcome);                    // once for each seed
//   row.verdict(), row.cell("retention.durable")
//
// Cells show the value of a single seed, or the median with the worst in parentheses.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/run/run_scenario.h"

namespace holdfast::gate {

class Row {
 public:
  Row(std::string scenario, std::string subject, bool live)
      : scenario_(std::move(scenario)), subject_(std::move(subject)), live_(live) {}

  void add(const run::Outcome& outcome);
  // A run that could not be played at all.
  void add_error(const Error& error);

  const std::string& scenario() const { return scenario_; }
  const std::string& subject() const { return subject_; }
  std::string world() const { return live_ ? "live" : "virtual"; }
  std::size_t seeds() const { return seeds_; }
  // The worst over the seeds: fail before invalid before inconclusive.
  oracle::RunVerdict verdict() const { return verdict_; }
  const std::vector<std::string>& reasons() const { return reasons_; }
  const std::vector<Error>& errors() const { return errors_; }
  bool is_control() const { return subject_ != "holdfast"; }
  // A control is rejected for what it achieves; one that breaks a law tells of a defect here.
  bool rejected() const { return missed_expectation_ && !broke_law_; }

  std::string cell(std::string_view measure) const;

 private:
  void note(oracle::RunVerdict verdict, const std::vector<std::string>& reasons);

  std::string scenario_;
  std::string subject_;
  bool live_;
  std::size_t seeds_ = 0;
  oracle::RunVerdict verdict_ = oracle::RunVerdict::pass;
  std::vector<std::string> reasons_;  // of the worst run
  bool missed_expectation_ = false;
  bool broke_law_ = false;
  std::vector<Error> errors_;
  std::map<std::string, std::vector<double>, std::less<>> values_;
};

// The worse of two: fail before invalid before inconclusive before pass.
oracle::RunVerdict worse(oracle::RunVerdict a, oracle::RunVerdict b);

// "63.2 %", "1.25 s", "38 ns", "0", "never": as the measure's unit asks.
std::string format_measure(std::string_view measure, double value);

// Scenarios × measures with verdicts, aligned for a terminal.
std::string format_table(const std::vector<Row>& rows);

}  // namespace holdfast::gate
