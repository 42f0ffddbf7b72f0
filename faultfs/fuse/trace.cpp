#include "faultfs/fuse/trace.h"

#include <fmt/format.h>

#include <algorithm>

#include "faultfs/fuse/monotonic.h"
#include "faultfs/model/errnos.h"
#include "faultfs/model/json_text.h"

namespace holdfast::faultfs {
namespace {

bool is_meant(const Trigger& when, const Call& call) {
  const auto& operations = when.operations;
  if (!operations.empty() && std::ranges::find(operations, call.operation) == operations.end()) return false;
  return when.matches_path(call.path) && when.concerns(call);
}

}  // namespace

void Trace::begin(const Call& call, const Decision& decision, const Caller& caller) {
  const Time now = monotonic_now();
  std::string line =
      fmt::format(R"({{"t":{},"op":"{}","path":{},"offset":{},"size":{},"pid":{},"comm":{},"decision":{})",
                  nanoseconds(now), to_string(call.operation), json_quoted(call.path), call.offset, call.size,
                  caller.process, json_quoted(caller.comm), json_quoted(describe(decision)));
  const std::lock_guard lock(mutex_);
  switch_off_if_idle(now);
  if (!on_ || !is_meant(when_, call)) return;
  if (open_.size() >= kMostOpen)
    ++dropped_;
  else
    open_.insert_or_assign(call.request, Request{now, std::move(line)});
}

void Trace::answered(std::uint64_t request, int error) {
  const std::lock_guard lock(mutex_);
  const auto found = open_.find(request);
  if (found == open_.end()) return;
  const Duration duration = monotonic_now() - found->second.start;
  if (lines_.size() >= kMostLines) {
    lines_.pop_front();
    ++dropped_;
  }
  lines_.push_back(fmt::format(R"({},"duration":{},"result":"{}"}})", found->second.line, duration.count(),
                               error == 0 ? "ok" : errno_name(error)));
  open_.erase(found);
}

TraceLines Trace::take(const Trigger& when) {
  const std::lock_guard lock(mutex_);
  when_ = when;
  asked_ = monotonic_now();
  on_ = true;
  TraceLines taken{{lines_.begin(), lines_.end()}, dropped_};
  lines_.clear();
  dropped_ = 0;
  return taken;
}

// Nobody listens any more.
void Trace::switch_off_if_idle(Time now) {
  if (now - asked_ < kIdle) return;
  on_ = false;
  open_.clear();
  lines_.clear();
  dropped_ = 0;
}

}  // namespace holdfast::faultfs
