#include "faultfs/model/turns.h"

namespace holdfast::faultfs {

Turns::Count* Turns::count_of(const Trigger& when, std::string_view path) {
  if (when.per == Counting::rule) return &all_;
  if (const auto found = by_path_.find(path); found != by_path_.end()) return &found->second;
  if (by_path_.size() >= kMostPaths) return nullptr;
  return &by_path_[std::string(path)];
}

bool Turns::take(const Trigger& when, std::string_view path, Time now) {
  if (!when.counts()) return true;
  Count* count = count_of(when, path);
  if (count == nullptr) return false;
  ++count->matched;
  if (when.nth > 0 && count->matched != when.nth) return false;
  if (when.every > 0 && count->matched % when.every != 0) return false;
  if (when.limit > 0 && count->fired >= when.limit) return false;
  return !count->last || now - *count->last >= when.cooldown;
}

void Turns::fire(const Trigger& when, std::string_view path, Time now) {
  ++fired_;
  if (!when.counts()) return;
  Count* count = count_of(when, path);
  if (count == nullptr) return;
  ++count->fired;
  count->last = now;
}

}  // namespace holdfast::faultfs
