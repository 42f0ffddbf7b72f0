#include "simulator/subject/subject.h"

#include "core/base/check.h"
#include "simulator/subject/command_subject.h"
#include "simulator/subject/holdfast_subject.h"
#include "simulator/subject/naive_seed.h"
#include "simulator/subject/naive_sync.h"

namespace holdfast::subject {

std::unique_ptr<Subject> make_subject(Environment env, const scenario::Subject& settings,
                                      Observer& observer) {
  switch (settings.kind) {
    case scenario::SubjectKind::holdfast:
      return std::make_unique<HoldfastSubject>(env, settings.options, observer);
    case scenario::SubjectKind::naive_seed: return std::make_unique<NaiveSeed>(env, settings.options);
    case scenario::SubjectKind::naive_sync:
      return std::make_unique<NaiveSync>(env, settings.options, NaiveSync::Patience::one_try);
    case scenario::SubjectKind::naive_retry:
      return std::make_unique<NaiveSync>(env, settings.options, NaiveSync::Patience::for_ever);
    case scenario::SubjectKind::command: return std::make_unique<CommandSubject>(env, settings, observer);
  }
  HOLDFAST_CHECK(false, "every kind of subject is made here");
}

}  // namespace holdfast::subject
