// What happens at which instant of a run: phases that arm their faults, events that befall the
// subject's process.
//
//   Timetable timetable;
//   timetable.add(5s, [&] { return mount.arm(plan); });
//   timetable.run_due(since_start());      // in order of time, then of adding
//
// One thread. An act that fails stays the last one that was done.
#pragma once

#include <functional>
#include <map>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::run {

class Timetable {
 public:
  using Act = std::function<Status()>;

  void add(Duration at, Act act) { acts_.emplace(at, std::move(act)); }
  // Does everything that is due, each once.
  Status run_due(Duration now);
  bool done() const { return acts_.empty(); }
  // When the next act is due; `otherwise` when there is none.
  Duration next(Duration otherwise) const { return done() ? otherwise : acts_.begin()->first; }

 private:
  std::multimap<Duration, Act> acts_;  // keeps the order of adding where times are equal
};

}  // namespace holdfast::run
