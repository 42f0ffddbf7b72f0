#include "simulator/oracle/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "simulator/scenario/expectation.h"
#include "simulator/scenario/format_measure.h"
#include "simulator/scenario/measures.h"

namespace holdfast::oracle {

namespace {

using Reasons = std::vector<std::string>;

Reasons broken_laws(const std::vector<LawResult>& laws, LawVerdict verdict, const char* how) {
  Reasons reasons;
  for (const auto& law : laws)
    if (law.verdict == verdict)
      reasons.push_back(fmt::format("the law of {} {}: {}", law.law, how, law.detail));
  return reasons;
}

std::set<std::string> armed_rules(const RunRecord& run) {
  std::set<std::string> rules;
  for (const auto& window : run.windows) rules.insert(window.rules.begin(), window.rules.end());
  return rules;
}

// The core must meet every fault of the scenario; a subject that may use no disk, at least one.
Reasons unfired_faults(const RunRecord& run) {
  Reasons reasons;
  const auto rules = armed_rules(run);
  for (const auto& rule : rules) {
    const auto found = run.fired.find(rule);
    if (found == run.fired.end() || found->second == 0)
      reasons.push_back(fmt::format("the fault '{}' never fired", rule));
  }
  if (!run.core() && reasons.size() < rules.size()) reasons.clear();
  return reasons;
}

// A scenario with faults whose windows nobody filled would otherwise look like one without.
Reasons missing_windows(const RunRecord& run) {
  const bool planned = std::ranges::any_of(run.scenario.phases, &scenario::Phase::faulty);
  if (!planned || !run.windows.empty()) return {};
  return {"the scenario has faults, and none was armed"};
}

Reasons weak_twin(const RunRecord& run, const RunRecord* twin) {
  if (twin == nullptr || run.closed_loop() || run.control()) return {};
  std::uint64_t delivered = 0;
  for (std::uint64_t i = 0; i < twin->ledger.size(); ++i)
    if (twin->ledger.entry(i).delivered_ns.load() != 0) ++delivered;
  if (100 * delivered >= 95 * twin->ledger.size()) return {};
  return {fmt::format("the twin delivered {} of {} offered records, less than 95 %: the load is too high",
                      delivered, twin->ledger.size())};
}

Reasons of_expectations(const std::vector<ExpectationResult>& results, const Measures& measures,
                        ExpectationVerdict verdict) {
  Reasons reasons;
  for (const auto& result : results) {
    if (result.verdict != verdict) continue;
    const auto& expectation = result.expectation;
    if (result.value) {
      const auto note = measures.note(expectation.measure);
      reasons.push_back(fmt::format("expected {}, measured {}{}", expectation.text,
                                    scenario::format_measure(expectation.measure, *result.value),
                                    note.empty() ? "" : " (" + note + ")"));
    } else {
      reasons.push_back(fmt::format("expected {}, and {} is not available: {}", expectation.text,
                                    expectation.measure, measures.note(expectation.measure)));
    }
  }
  return reasons;
}

// Adds the reasons; the first that come with a verdict decide it.
void decide(Judgement& judgement, RunVerdict verdict, const Reasons& reasons) {
  if (reasons.empty()) return;
  if (judgement.reasons.empty()) judgement.verdict = verdict;
  judgement.reasons.insert(judgement.reasons.end(), reasons.begin(), reasons.end());
}

// The same of what has nothing to do with expectations.
void decide_soundness(Judgement& judgement, RunVerdict verdict, const Reasons& reasons) {
  decide(judgement, verdict, reasons);
  if (reasons.empty()) return;
  if (judgement.soundness_reasons.empty()) judgement.soundness = verdict;
  judgement.soundness_reasons.insert(judgement.soundness_reasons.end(), reasons.begin(), reasons.end());
}

}  // namespace

std::string_view to_string(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::pass: return "pass";
    case RunVerdict::fail: return "fail";
    case RunVerdict::inconclusive: return "inconclusive";
    case RunVerdict::invalid: return "invalid";
  }
  return "invalid";
}

std::string_view to_string(ExpectationVerdict verdict) {
  switch (verdict) {
    case ExpectationVerdict::pass: return "pass";
    case ExpectationVerdict::fail: return "fail";
    case ExpectationVerdict::not_available: return "n/a";
    case ExpectationVerdict::not_judged: return "not_judged";
  }
  return "n/a";
}

ExpectationResult judge_expectation(const scenario::Expectation& expectation, const Measures& measures,
                                    bool live) {
  ExpectationResult result{expectation, measures.value(expectation.measure), ExpectationVerdict::pass};
  const auto* known = scenario::find_measure(expectation.measure);
  if (known != nullptr && known->live_only && !live) {
    result.verdict = ExpectationVerdict::not_judged;
  } else if (!result.value || std::isnan(*result.value)) {
    result.verdict = ExpectationVerdict::not_available;
  } else if (!scenario::holds(expectation, *result.value)) {
    result.verdict = ExpectationVerdict::fail;
  }
  return result;
}

Judgement judge(const RunRecord& run, const RunRecord* twin, const Accounting& books,
                const Measures& measures, const std::vector<LawResult>& laws) {
  Judgement judgement;
  for (const auto& expectation : run.scenario.expect)
    judgement.expectations.push_back(judge_expectation(expectation, measures, run.live));
  decide_soundness(judgement, RunVerdict::fail, broken_laws(laws, LawVerdict::fail, "is broken"));
  if (books.offered == 0) decide_soundness(judgement, RunVerdict::invalid, {"no record was offered"});
  if (!run.interrupted) {
    decide_soundness(judgement, RunVerdict::invalid, missing_windows(run));
    decide_soundness(judgement, RunVerdict::invalid, unfired_faults(run));
  }
  decide_soundness(judgement, RunVerdict::invalid, weak_twin(run, twin));
  if (run.interrupted) decide_soundness(judgement, RunVerdict::inconclusive, {"the run was interrupted"});
  decide(judgement, RunVerdict::fail,
         of_expectations(judgement.expectations, measures, ExpectationVerdict::fail));
  decide(judgement, RunVerdict::invalid,
         of_expectations(judgement.expectations, measures, ExpectationVerdict::not_available));
  decide_soundness(judgement, RunVerdict::inconclusive,
                   broken_laws(laws, LawVerdict::inconclusive, "cannot be judged"));
  return judgement;
}

}  // namespace holdfast::oracle
