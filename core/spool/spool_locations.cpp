// The spool's care for its locations: opening them, trying those that failed, reading what could not
// be read, and giving room back.
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "core/base/units.h"
#include "core/spool/spool.h"

namespace holdfast::spool {
namespace {

using Failure = LocationPolicy::Failure;

// The directory itself is not there any more, or is none: what was open in it leads nowhere.
bool is_gone(const Error& error) { return error.code == Code::not_found || error.code == Code::wrong_kind; }

}  // namespace

Status Spool::open_locations() {
  std::vector<RecoveredSegment> segments;
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    auto recovery = open_location(at);
    if (!recovery && recovery.error().code == Code::busy) return fail(recovery.error());
    if (!recovery)
      log_.write(Log::Level::error, "spool.location", recovery.error().message + "; tried again later");
    base::MutexLock lock(policy_mutex_);
    if (!recovery) {
      policy_.fail(at, clock_.now(), Failure::refuses);
      continue;
    }
    policy_.restore(at);
    recovery_.records += recovery->records;
    recovery_.damaged += recovery->damaged;
    recovery_.torn_bytes += recovery->torn_bytes;
    std::ranges::move(recovery->segments, std::back_inserter(segments));
  }
  recovery_.next_segment = next_segment_.load();
  std::ranges::sort(segments, {}, [](const auto& segment) {
    return std::pair(segment.info.file_id, segment.info.location);
  });
  for (auto& segment : segments) add(std::move(segment), is_apart(segment.info.file_id));
  note_what_is_unread();
  return {};
}

// Counts what is found; adding it to the index is the caller's, who knows its place in the order.
Result<Recovery> Spool::open_location(std::size_t at) {
  Location& location = *locations_[at];
  if (auto opened = location.open(); !opened) return fail(opened.error());
  std::set<std::uint32_t> known;
  for (const auto& segment : index_.all())
    if (segment.location == at) known.insert(segment.file_id);
  auto recovery = recover_in(at, [&](std::uint32_t id) { return !known.contains(id); });
  if (!recovery) (void)location.close();
  return recovery;
}

Result<Recovery> Spool::recover_in(std::size_t at, const Wanted& wanted) {
  auto recovery = locations_[at]->recover(seen_, wanted);
  if (!recovery) return recovery;
  for (auto& segment : recovery->segments) segment.info.location = static_cast<std::uint32_t>(at);
  unread_[at] = {recovery->unreadable, clock_.now() + settings_.retry.longest_retry};
  pass_id(recovery->next_segment - 1);
  recovered_.fetch_add(recovery->records + recovery->damaged);
  return recovery;
}

void Spool::pass_id(std::uint32_t id) {
  for (std::uint32_t next = next_segment_.load(); next <= id;)
    if (next_segment_.compare_exchange_weak(next, id + 1)) break;
}

void Spool::add(RecoveredSegment segment, bool apart) {
  SegmentInfo& info = segment.info;
  if (apart || index_.find(info.file_id)) {
    info.id = next_apart_++;
    found_.push_back(info.id);
  }
  const std::uint32_t id = info.id;
  if (settings_.hold) {
    base::MutexLock lock(inherited_mutex_);
    held_.insert(id);
    inherited_.push_back(info);
  }
  index_.add(std::move(info));
  for (std::uint32_t ordinal = 0; ordinal < segment.settled_prefix; ++ordinal) index_.settle(id, ordinal);
  for (const std::uint32_t ordinal : segment.damaged) index_.settle(id, ordinal);
  for (const std::uint32_t ordinal : segment.copies) index_.settle(id, ordinal);
}

Tended Spool::tend() {
  Tended tended;
  const Time now = clock_.now();
  if (const auto at = policy([&](const auto& policy) { return policy.due(now); }))
    tended.restored = try_location(*at, tended);
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    const auto wanted = unread_[at].segments;
    if (wanted.empty() || now < unread_[at].retry_at || !reachable(at)) continue;
    unread_[at].retry_at = clock_.now() + settings_.retry.longest_retry;
    auto recovery = recover_in(at, [&](std::uint32_t id) { return std::ranges::count(wanted, id) > 0; });
    if (recovery) add_late(std::move(*recovery), tended);
  }
  note_what_is_unread();
  tended.found = std::exchange(found_, {});
  return tended;
}

Time Spool::tend_at() const {
  Time next = found_.empty() ? policy([](const auto& policy) { return policy.next_due(); }) : Time{};
  for (std::size_t at = 0; at < locations_.size(); ++at)
    if (!unread_[at].segments.empty() && reachable(at)) next = std::min(next, unread_[at].retry_at);
  return next;
}

void Spool::add_late(Recovery recovery, Tended& tended) {
  tended.damaged += recovery.damaged;
  for (auto& segment : recovery.segments) add(std::move(segment), true);
}

Status Spool::probe(std::size_t at, Tended& tended) {
  Location& location = *locations_[at];
  if (location.opened()) {
    auto probed = location.probe();
    if (probed || !is_gone(probed.error())) return probed;
    (void)location.close();
  }
  auto recovery = open_location(at);
  if (!recovery) return fail(recovery.error());
  add_late(std::move(*recovery), tended);
  return location.probe();
}

// True when the location takes records again.
bool Spool::try_location(std::size_t at, Tended& tended) {
  const Time began = clock_.now();
  const Status tried = probe(at, tended);
  const Time now = clock_.now();
  const bool slow = now - began > settings_.slow_commit;
  const bool restored = policy([&](auto& policy) {
    const bool good = tried && !(slow && policy.any_usable_but(at));
    good ? policy.restore(at) : policy.fail(at, now, slow ? Failure::hangs : Failure::refuses);
    return good;
  });
  const std::string& directory = locations_[at]->directory();
  const std::string finding =
      tried ? directory + " answers after " + format_duration(now - began) : tried.error().message;
  log_.write(Log::Level::info, "spool.location",
             restored ? directory + " takes records again" : finding + "; tried again later");
  return restored;
}

bool Spool::reachable(std::size_t at) const {
  return locations_[at]->opened() && policy([&](const auto& policy) { return policy.answers(at); });
}

void Spool::last_chance() {
  base::MutexLock lock(policy_mutex_);
  const bool none_usable = !policy_.in_use();
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    if (none_usable && locations_[at]->opened()) policy_.restore(at);
    policy_.hasten(at);
  }
}

std::size_t Spool::retire() {
  std::size_t count = 0;
  for (const auto& segment : index_.retirable()) {
    if (!reachable(segment.location) || holds(segment)) continue;
    auto removed = files_.remove(segment.path);
    const bool gone = !removed && removed.error().code == Code::not_found && location_is_there(segment);
    if (!removed && !gone) {
      log_.write(Log::Level::warning, "spool.retire", removed.error().message + "; tried again later");
      continue;
    }
    index_.erase(segment.id);
    retired_.fetch_add(1);
    ++count;
    policy([&](auto& policy) { return policy.hasten(segment.location); });  // there is room again
  }
  return count;
}

// A file that is not there is gone for good only where its directory is.
bool Spool::location_is_there(const SegmentInfo& segment) const {
  return files_.stat(locations_[segment.location]->directory()).has_value();
}

bool Spool::holds(const SegmentInfo& segment) const {
  if (index_.bytes() > settings_.max_bytes / 2) return false;
  if (!is_apart(segment.id) && segment.id >= hold_from_.load()) return true;
  base::MutexLock lock(inherited_mutex_);
  return held_.contains(segment.id);
}

void Spool::let_go(std::uint32_t segment) {
  base::MutexLock lock(inherited_mutex_);
  held_.erase(segment);
}

std::vector<SegmentInfo> Spool::held() const {
  auto segments = index_.retirable();
  std::erase_if(segments, [&](const SegmentInfo& segment) { return !holds(segment); });
  return segments;
}

std::vector<SegmentInfo> Spool::take_inherited() {
  base::MutexLock lock(inherited_mutex_);
  return std::exchange(inherited_, {});
}

void Spool::note_what_is_unread() {
  bool all = true;
  for (std::size_t at = 0; at < locations_.size(); ++at)
    all &= locations_[at]->opened() && unread_[at].segments.empty();
  all_inherited_.store(all);
}

// Usable locations, then those that fail and yet answer, then those that hang.
std::vector<std::size_t> Spool::best_first() const {
  std::vector<std::size_t> usable, failing, hanging;
  base::MutexLock lock(policy_mutex_);
  for (std::size_t at = 0; at < locations_.size(); ++at) {
    if (!locations_[at]->opened()) continue;
    (policy_.usable(at) ? usable : policy_.answers(at) ? failing : hanging).push_back(at);
  }
  usable.insert(usable.end(), failing.begin(), failing.end());
  usable.insert(usable.end(), hanging.begin(), hanging.end());
  return usable;
}

Status Spool::keep_refused(Bytes frames) {
  Status kept = fail(Code::unavailable, "no location of the spool keeps refused records");
  for (const std::size_t at : best_first()) {
    if (!reachable(at)) continue;
    kept = locations_[at]->quarantine().keep("refused.frames", frames);
    if (kept) break;
  }
  return kept;
}

Checkpoint Spool::checkpoint_of(std::size_t at) const {
  Checkpoint checkpoint{.next_segment = next_segment_.load(), .segments = {}};
  for (const auto& segment : index_.all()) {
    const std::uint32_t prefix = segment.location == at ? index_.settled_prefix(segment.id) : 0;
    if (prefix > 0) checkpoint.segments[segment.file_id] = {.epoch = segment.epoch, .settled_prefix = prefix};
  }
  return checkpoint;
}

Status Spool::save_hint() {
  Status status;
  for (const std::size_t at : best_first()) {
    if (!policy([&](const auto& policy) { return policy.usable(at); })) continue;
    auto saved = locations_[at]->save_hint(checkpoint_of(at));
    if (status) status = saved;
  }
  return status;
}

// One that hangs comes last: it may hold up the end, and the others have theirs behind them.
Status Spool::close() {
  if (writer_) seal(nullptr);
  retire();
  Status status;
  for (const std::size_t at : best_first()) {
    auto saved = locations_[at]->save_hint(checkpoint_of(at));
    auto freed = locations_[at]->close();
    if (status) status = saved ? freed : saved;
  }
  return status;
}

}  // namespace holdfast::spool
