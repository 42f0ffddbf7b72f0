// Decides, purely and reproducibly, what happens to each operation. FUSE and the virtual disk ask,
// log the decision, then act on it.
//
//   Injector injector(seed);
//   injector.arm(plan, now);                       // active when this returns
//   auto decision = injector.decide({Operation::fsync, "spool/1.seg"}, now);
//   if (decision.error) answer(-decision.error) after decision.delay;
//
// A probabilistic rule is a hash of (seed, rule name, path, operation, ordinal of the operation on
// that path), so thread timing cannot change which operation is hit. Ordinals count while a
// probabilistic rule is armed. `full` works through the SpaceBudget: arm() limits it, heal() lifts
// the limit, decide() accounts for writes and allocations that proceed; what gives space back is
// told by the owner once it has happened: injector.space().truncate(...), .remove(...).
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
#include "faultfs/model/fault_plan.h"
#include "faultfs/model/space_budget.h"

namespace holdfast::faultfs {

struct Call {
  Operation operation = Operation::lookup;
  std::string_view path;  // relative to the mount, at request time; "" is the root
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t inode = 0;  // for space accounting; 0 when the operation has none
  std::uint32_t caller_pid = 0;
  bool new_name = false;  // rename, link: the target name does not exist yet, so needs room
};

struct Decision {
  Duration delay{0};
  int error = 0;              // 0: proceed
  std::uint64_t granted = 0;  // write: leading bytes that fit the budget (== size when all do)
  bool faulted() const { return delay.count() > 0 || error != 0 || shortened; }
  bool shortened = false;  // granted < size
};

// One line of faults.jsonl.
struct FaultEvent {
  std::uint64_t number = 0;  // 1, 2, 3, ... in order of decision
  Time time;
  std::string rule;
  std::uint32_t caller_pid = 0;
  std::string path;
  Operation operation = Operation::lookup;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::string decision;          // "error ENOSPC", "delay 5ms", "short 4096"
  bool order_dependent = false;  // counts across paths: outside the determinism promise of threads
};
std::string to_json_line(const FaultEvent& event, Time start);

class Injector {
 public:
  using Sink = std::function<void(const FaultEvent&)>;

  explicit Injector(std::uint64_t seed, Sink sink = {});

  // Replaces whatever was armed. Ordinals of operations go on counting.
  void arm(FaultPlan plan, Time now);
  void heal(Time now) { arm({}, now); }
  bool armed() const { return !plan_.rules.empty(); }
  const FaultPlan& plan() const { return plan_; }

  // Decides on `call`, accounts for its space when it proceeds, and reports each fault to the sink.
  Decision decide(const Call& call, Time now);

  SpaceBudget& space() { return space_; }
  const SpaceBudget& space() const { return space_; }

  std::uint64_t fired() const { return events_; }
  // How often the rule of this name has fired, over all armings.
  std::uint64_t fired(const std::string& rule) const;

 private:
  std::uint64_t seed_;
  Sink sink_;
  FaultPlan plan_;
  Time armed_at_{};
  SpaceBudget space_;
  std::uint64_t events_ = 0;
  std::unordered_map<std::string, std::uint64_t> fired_;
  std::unordered_map<std::string, std::array<std::uint32_t, kOperationCount>> ordinals_;  // by path
  std::optional<std::size_t> full_rule_;  // the `full` rule whose window is open, if any
  bool probabilistic_ = false;            // some armed rule draws

  void open_and_close_full_windows(Time now);
  bool in_window(const Trigger& when, Time now) const;
  bool triggered(const Rule& rule, const Call& call, std::uint32_t ordinal, Time now) const;
  std::uint32_t next_ordinal(const Call& call);
  void apply(const Rule& rule, const Call& call, Decision& decision, Time now);
  void apply_full(const Rule& rule, const Call& call, Decision& decision, Time now);
  void report(const Rule& rule, const Call& call, std::string what, Time now);
};

}  // namespace holdfast::faultfs
