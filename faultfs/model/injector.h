// Decides, purely and reproducibly, what happens to each operation. FUSE and the virtual disk ask,
// log the decision, then act on it.
//
//   Injector injector(seed);
//   injector.arm(plan, now);                       // active when this returns
//   auto decision = injector.decide({Operation::fsync, "spool/1.seg"}, now);
//   if (decision.error) answer(-decision.error) after decision.delay;
//
// A probabilistic rule is a hash of (seed, rule name, path, operation, ordinal of the operation on
// that path), so thread timing cannot change which operation is hit. Ordinals count while a rule that
// draws may meet the operation; paths beyond kMostCountedPaths share theirs, so that for them the order in
// which operations arrive matters. What rules cost an operation that they do not hit is a look into a table
// where none may meet it, and one more by its path otherwise: path and pattern are matched once for a path.
// `full` works through the SpaceBudget: each such rule is a limit of the part that it means, and decide()
// accounts for writes and allocations that proceed; what makes an inode or gives space back is told by the
// owner once it has happened: make_inode(), truncate(), remove().
//
// Damage at rest has a moment instead of an operation. The owner asks for it when that has come:
//
//   for (auto rule : injector.take_due_at_rest(now))
//     for (each file) apply_damage(injector.damage_at_rest(rule, path, size, now), ...)
//   ... again at injector.next_at_rest();
//
// Not thread-safe: the owner serialises.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/time.h"
#include "faultfs/model/call.h"
#include "faultfs/model/damage.h"
#include "faultfs/model/decision.h"
#include "faultfs/model/fault_event.h"
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/old_contents.h"
#include "faultfs/model/space_budget.h"
#include "faultfs/model/sync_errors.h"
#include "faultfs/model/throttle.h"
#include "faultfs/model/turns.h"
#include "faultfs/model/undo.h"
#include "faultfs/model/unsynced.h"

namespace holdfast::faultfs {

// What may still be allocated and made; nothing: as much as there is.
struct SpaceLeft {
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> inodes;
};

class Injector {
 public:
  static constexpr std::size_t kMostKnownPaths = 10'000;     // whose rules are remembered
  static constexpr std::size_t kMostCountedPaths = 200'000;  // that have ordinals of their own
  using Sink = std::function<void(const FaultEvent&)>;

  explicit Injector(std::uint64_t seed, Sink sink = {});

  // Each fault is reported with what a replay of it needs.
  void make_replayable() { replayable_ = true; }

  // Replaces whatever was armed. Ordinals of operations go on counting.
  void arm(FaultPlan plan, Time now);
  // Called at the end of each arm(): what waits for the end of a delay goes on then.
  void when_armed(std::function<void()> listener) { listener_ = std::move(listener); }
  void heal(Time now) { arm({}, now); }
  bool armed() const { return !plan_.rules.empty(); }
  // Some armed rule may meet one of these operations on this path, now or later, or must be told of it.
  bool watches(OperationSet operations, std::string_view path) const;
  const FaultPlan& plan() const { return plan_; }

  // Decides on `call`, accounts for its space when it proceeds, and reports each fault to the sink.
  Decision decide(const Call& call, Time now);

  // The rules of damage at rest whose window has opened, each handed out once in an arming.
  std::vector<const Rule*> take_due_at_rest(Time now);
  // When the next one opens; kNever when none does.
  Time next_at_rest() const;
  // What the rule does to this file, reported to the sink; nothing when it does not concern it.
  std::vector<Damage> damage_at_rest(const Rule& rule, std::string_view path, std::uint64_t size, Time now);

  // What damage is about to change on the disk, for those who undo it: by themselves when the rules change,
  // where the rule says so (`heals`), or by make_all_due(). The owner then puts back what is due of each
  // file.
  void keep_undamaged(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> before,
                      std::span<const std::byte> after, bool heals);
  void make_all_due() { undo_.make_due(Undo::Which::all); }
  Undo& undo() { return undo_; }

  // What a write with `keeps_old` is about to replace, as far as the file reaches.
  void keep_old(std::uint64_t inode, std::uint64_t offset, std::span<const std::byte> bytes);

  // The power was cut: nothing is un-synced, nobody is owed the error of a sync, and what was old is gone.
  void forget_unsynced();

  // Room, told by the owner. `owner` is the user to whom the file belongs; 0 where there are none.
  // A file is there already, and so long.
  void adopt(std::uint64_t inode, std::uint64_t size, std::string_view path, std::uint32_t owner);
  // A file, directory or link was made.
  void make_inode(std::string_view path, std::uint32_t owner);
  void truncate(std::uint64_t inode, std::string_view path, std::uint64_t size);
  // A power cut, or a sync that failed, made the file what it was; it is there again, and so long. There is
  // room for it whatever a rule leaves.
  void reverted(std::uint64_t inode, std::string_view path, const Reversal& reversal);
  void brought_back(std::uint64_t inode, std::uint64_t size, std::string_view path, std::uint32_t owner);
  // The inode is gone: its last link is removed and its last handle closed.
  void remove(std::uint64_t inode, std::string_view path, std::uint32_t owner);
  // The least that the `full` rules leave there.
  SpaceLeft space_left(std::string_view path) const;
  const SpaceBudget& space() const { return space_; }

  std::uint64_t fired() const { return events_; }
  // How often the rule of this name has fired, over all armings.
  std::uint64_t fired(const std::string& rule) const;

 private:
  // A rule's own state since it was armed.
  struct Progress {
    Turns turns;
    Throttle throttle;
    bool taken = false;     // of damage at rest
    std::size_t limit = 0;  // of `full`: the number of its limit
  };

  std::uint64_t seed_;
  Sink sink_;
  std::function<void()> listener_;
  FaultPlan plan_;
  std::vector<Progress> progress_;  // by rule
  Time armed_at_{};
  SpaceBudget space_;
  std::uint64_t events_ = 0;
  std::unordered_map<std::string, std::uint64_t> fired_;
  using Ordinals = std::array<std::uint32_t, kOperationCount>;
  ByPath<Ordinals> ordinals_;
  Ordinals ordinals_of_others_{};    // of paths beyond the bound, which share theirs
  std::vector<OperationSet> meets_;  // by rule: the operations that it may meet
  OperationSet met_;                 // those that any of them may meet, or must know of
  OperationSet drawing_;             // those where one of them draws
  ByPath<std::vector<std::size_t>> rules_by_path_;
  std::vector<std::size_t> full_rules_;  // by number of limit
  std::vector<bool> full_open_;          // ... whose window is open
  OldContents old_;                      // since arming
  Unsynced unsynced_;                    // since the last sync
  Undo undo_;
  SyncErrors sync_errors_;
  bool replayable_ = false;

  void index_rules();
  void open_and_close_full_windows(Time now);
  bool in_window(const Trigger& when, Time now) const;
  Progress& progress_of(const Rule& rule) {
    return progress_[static_cast<std::size_t>(&rule - plan_.rules.data())];
  }
  bool triggered(const Rule& rule, const Call& call, std::uint32_t ordinal, Time now);
  bool came_after(const Trigger& when) const;
  std::uint32_t next_ordinal(const Call& call);
  // True when the rule did something.
  bool apply(const Rule& rule, const Call& call, std::uint32_t ordinal, Decision& decision, Time now);
  bool apply_latency(const Rule& rule, const Call& call, std::uint32_t ordinal, Decision& decision, Time now);
  bool apply_throttle(const Rule& rule, const Call& call, Decision& decision, Time now);
  bool apply_hang(const Rule& rule, const Call& call, Decision& decision, Time now);
  bool kill_caller(const Rule& rule, const Call& call, Decision& decision, Time now);
  bool apply_full(const Rule& rule, const Call& call, Decision& decision, Time now);
  bool fills(std::size_t number, const Call& call) const;
  SpaceBudget::LimitSet limits_of(std::string_view path, std::uint32_t owner) const;
  void put(const Call& call);
  void account(const Call& call, Decision& decision);
  bool apply_short(const Rule& rule, const Call& call, Decision& decision, Time now);
  bool can_act_on_bytes(const Rule& rule, const Call& call, const std::vector<const Rule*>& before) const;
  const std::vector<std::size_t>& rules_for(std::string_view path);
  void act_on_bytes(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision, Time now);
  // Each notes in the event what it did; nothing where there was nothing to do.
  void corrupt(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision,
               FaultEvent& event);
  void give_old(const Call& call, Decision& decision, FaultEvent& event);
  bool fail_sync(const Rule& rule, const Call& call, Decision& decision, Time now);
  const std::string* tell_of_earlier_sync(const Call& call);
  void conclude_sync(const Call& call, Decision& decision, Time now);
  void divert(const Rule& rule, const Call& call, std::uint64_t drawn, Decision& decision, FaultEvent& event);
  FaultEvent event_of(const Rule& rule, const Call& call, std::string what, Time now) const;
  // `again` makes the operation meet the same; none: an earlier fault does.
  void report(const Rule& rule, const Call& call, std::string what, Time now, std::optional<Effect> again);
  void report(const Rule& rule, FaultEvent event);
  void tell(FaultEvent event);
  void note_replayable(FaultEvent& event, Effect again, std::optional<std::uint64_t> drawn) const;
};

}  // namespace holdfast::faultfs
