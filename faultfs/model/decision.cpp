#include "faultfs/model/decision.h"

#include <fmt/format.h>

#include "core/base/units.h"
#include "faultfs/model/errnos.h"

namespace holdfast::faultfs {

std::string describe(const Decision& decision) {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "" : ", ") + what; };
  if (decision.delay >= kUntilHealed)
    add("hang");
  else if (decision.delay.count() > 0)
    add("delay " + format_duration(decision.delay));
  if (decision.signal != 0) add(fmt::format("kill {}", decision.signal));
  if (decision.error != 0) add("error " + errno_name(decision.error));
  if (decision.shortened) add(fmt::format("short {}", decision.granted));
  if (!decision.damage.empty()) add("corrupt");
  if (decision.pieces) add("diverted");
  if (!decision.stale.empty()) add("stale");
  if (decision.loses_dirty) add("sync failure");
  if (decision.answer != 0) add("error " + errno_name(decision.answer));
  return text.empty() ? "go on" : text;
}

}  // namespace holdfast::faultfs
