#include "simulator/scenario/live_only.h"

#include "faultfs/model/open_flags.h"
#include "simulator/scenario/names.h"

namespace holdfast::scenario {
namespace {

std::string why_of(const Subject& subject) {
  switch (subject.kind) {
    case SubjectKind::holdfast:
    case SubjectKind::naive_seed: return "";
    case SubjectKind::naive_sync:
    case SubjectKind::naive_retry:
      return "the subject " + std::string(to_string(subject.kind)) + " uses real files";
    case SubjectKind::command: return "the subject is another program";
  }
  return "";
}

std::string why_of(const faultfs::Rule& rule) {
  const std::string fault = "the fault \"" + rule.name + "\"";
  if (rule.when.caller) return fault + " asks who calls, and VIRTUAL has no processes and users";
  if (rule.effect.is_quota()) return fault + " limits a user, and VIRTUAL has no processes and users";
  if (rule.effect.kill_caller) return fault + " kills who calls, and VIRTUAL has no processes and users";
  if (rule.effect.disconnect) return fault + " breaks a mount, and VIRTUAL has none";
  if (rule.when.flags && !faultfs::only_access_mode(*rule.when.flags))
    return fault + " asks for open flags, of which VIRTUAL knows O_RDONLY, O_WRONLY and O_RDWR";
  return "";
}

}  // namespace

std::string why_live_only(const Scenario& scenario) {
  if (auto why = why_of(scenario.subject); !why.empty()) return why;
  for (const auto& phase : scenario.phases)
    for (const auto& rule : phase.disk.rules)
      if (auto why = why_of(rule); !why.empty()) return why;
  return "";
}

}  // namespace holdfast::scenario
