#include "simulator/oracle/evaluate.h"

#include <utility>

namespace holdfast::oracle {

namespace {

void add_broken_laws_of_twin(std::vector<LawResult>& laws, const RunRecord& twin) {
  for (auto& law : check_laws(twin)) {
    if (law.verdict != LawVerdict::fail) continue;
    law.law += " (twin)";
    laws.push_back(std::move(law));
  }
}

}  // namespace

RunResult evaluate(const RunRecord& run, const RunRecord* twin) {
  auto books = account(run);
  auto measures = compute_measures(run, twin, books);
  auto laws = check_laws(run, books);
  if (twin != nullptr) add_broken_laws_of_twin(laws, *twin);
  auto judgement = judge(run, twin, books, measures, laws);
  return {run, twin, std::move(books), std::move(measures), std::move(laws), std::move(judgement)};
}

}  // namespace holdfast::oracle
