// What befalls the bytes of a read, a write or a sync.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
bool Injector::apply_short(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const std::uint64_t moved = std::min(decision.granted, moved_by(call));
  const std::uint64_t granted = shortened(*rule.effect.shortens, moved);
  if (granted == moved) return false;
  decision.granted = granted;
  decision.shortened = true;
  report(rule, call, fmt::format("short {}", granted), now,
         Effect{.shortens = ShortEffect{.bytes = granted}});
  return true;
}

// A write lands once: the first rule that diverts it wins.
bool Injector::can_act_on_bytes(const Rule& rule, const Call& call,
                                const std::vector<const Rule*>& before) const {
  const auto diverts = [](const Rule* other) { return other->effect.diverts(); };
  if (rule.effect.stale) return old_.knows(call.inode, call.offset, moved_by(call));
  if (!rule.effect.diverts()) return true;
  if (call.size == 0 || std::ranges::any_of(before, diverts)) return false;
  return !rule.effect.misdirected || other_place(0, call.offset, call.size, call.file_size).has_value();
}

void Injector::act_on_bytes(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                            Time now) {
  FaultEvent event = event_of(rule, call, {}, now);
  if (rule.effect.corrupt)
    corrupt(rule, call, drawn, decision, event);
  else if (rule.effect.stale)
    give_old(call, decision, event);
  else
    divert(rule, call, drawn, decision, event);
  if (event.decision.empty()) return;
  note_replayable(event, rule.effect, rule.effect.draws() ? std::optional(drawn) : std::nullopt);
  report(rule, std::move(event));
}

void Injector::corrupt(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                       FaultEvent& event) {
  const std::uint64_t moved = std::min(decision.granted, moved_by(call));
  event.damage = draw_damage(*rule.effect.corrupt, drawn, call.offset, moved);
  if (event.damage.empty()) return;
  event.decision = fmt::format("corrupt {}", to_string(rule.effect.corrupt->kind));
  decision.damage.insert(decision.damage.end(), event.damage.begin(), event.damage.end());
  decision.heals = decision.heals || rule.effect.corrupt->restore;
}

void Injector::give_old(const Call& call, Decision& decision, FaultEvent& event) {
  auto old = old_.before(call.inode, call.offset, std::min(decision.granted, moved_by(call)));
  if (old.empty()) return;
  event.decision = "stale";
  for (const OldBytes& bytes : old) event.harmed.push_back({bytes.offset, bytes.bytes.size()});
  decision.stale.insert(decision.stale.end(), old.begin(), old.end());
}

void Injector::divert(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
                      FaultEvent& event) {
  const std::uint64_t size = decision.granted;
  std::vector<Piece> pieces;
  event.decision = "lost";
  if (const auto& torn = rule.effect.torn) {
    pieces = torn_pieces(*torn, drawn, call.offset, size);
    decision.answer = torn->answer;
    event.decision = torn->answer == 0 ? "torn" : "torn " + errno_name(torn->answer);
  } else if (rule.effect.misdirected) {
    pieces = {{call.offset, size, *other_place(drawn, call.offset, size, call.file_size)}};
    event.decision = "misdirected";
  }
  event.harmed = harmed_by(pieces, call.offset, size);
  event.pieces = pieces;
  decision.pieces = std::move(pieces);
}

void Injector::keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes) {
  old_.keep(inode, offset, bytes);
  unsynced_.keep(inode, offset, bytes);
}

void Injector::keep_undamaged(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> before,
                              std::span<const std::byte> after, bool heals) {
  undo_.keep(inode, offset, before, after, heals);
}

// The dirty bytes are clean now, and the file system believes that they are on the disk.
bool Injector::fail_sync(const Rule& rule, const Call& call, Decision& decision, Time now) {
  const SyncProfile profile = rule.effect.sync_failure->profile;
  decision.loses_dirty = true;
  const bool is_owed_news = tell_of_earlier_sync(call) != nullptr;
  sync_errors_.fail(call.inode, call.newest_handle, rule.name);
  if (profile == SyncProfile::btrfs) decision.reversal = unsynced_.take(call.inode);
  const bool tells_now = profile != SyncProfile::ext4_data;  // which tells nobody before the next sync
  if (tells_now) (void)tell_of_earlier_sync(call);
  if (tells_now || is_owed_news) decision.answer = EIO;
  report(rule, call, fmt::format("sync_failure {}", kSyncProfiles[static_cast<std::size_t>(profile)]), now,
         rule.effect);
  return true;
}

const std::string* Injector::tell_of_earlier_sync(const Call& call) {
  return sync_errors_.tell(call.inode, call.handle, call.newest_handle);
}

// A sync that is carried out may still owe its caller the news of an earlier one. Its rule has not fired
// again for that: limits, cooldowns and who waits for it count failures.
void Injector::conclude_sync(const Call& call, Decision& decision, Time now) {
  if (decision.loses_dirty) return;
  unsynced_.forget(call.inode);
  const std::string* name = tell_of_earlier_sync(call);
  if (name == nullptr) return;
  decision.answer = EIO;
  const auto rule = std::ranges::find(plan_.rules, *name, &Rule::name);
  if (rule != plan_.rules.end()) tell(event_of(*rule, call, "error EIO of an earlier sync", now));
}

void Injector::forget_unsynced() {
  old_.clear();
  unsynced_.clear();
  sync_errors_.clear();
}

}  // namespace holdfast::faultfs
