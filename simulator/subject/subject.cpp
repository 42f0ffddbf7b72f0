#include "simulator/subject/subject.h"

#include "core/base/check.h"
#include "simulator/subject/holdfast_subject.h"
#include "simulator/subject/naive_seed.h"

namespace holdfast::subject {

std::unique_ptr<Subject> make_subject(Environment env, const scenario::Subject& settings,
                                      Observer& observer) {
  switch (settings.kind) {
    case scenario::SubjectKind::holdfast:
      return std::make_unique<HoldfastSubject>(env, settings.options, observer);
    case scenario::SubjectKind::naive_seed: return std::make_unique<NaiveSeed>(env, settings.options);
  }
  HOLDFAST_CHECK(false, "every kind of subject is made here");
}

}  // namespace holdfast::subject
