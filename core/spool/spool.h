// The spool: records on disk between record() and the upstream's acknowledgement.
//
//   auto spool = Spool::open(clock, files, epochs, log, settings);  // recovers what is there
//   auto commit = spool->commit(frames);                           // the collector
//   spool->read(cursor, 1000, [](const SpooledFrame& f) { ... });  // the replay worker
//   spool->settle(segment, ordinal);                               // the shippers
//   spool->retire(); spool->tend();                                // the replay worker
//
//        commit             settle (all of a sealed segment)       retire
//   ---------------> active --------> sealed ------------> settled --------> removed
//
// A failed sync or a full disk seals the active segment at its last synced byte; what memory still
// holds goes to a new one. A location where that does not help has failed: the rest of the same
// commit goes to the next location at once, and tend() tries the failed one again after a pause,
// with a file that holds nothing. A commit that works but takes longer than `slow_commit` counts as a
// failure too where there is another location, so that a disk that hangs holds up one commit and not
// all. What a location could not give at open() is read by tend() when it can be.
//
// Who calls what, one call at a time of each:
//
//   collector       commit()
//   replay worker   read(), read_one(), retire(), tend(), tend_at(), keep_refused(), save_hint()
//   usage worker    hold_from(), let_go(), take_inherited(), all_inherited(), read_whole()
//   the end         close(), when none of them is at work any more
//
// Everything else is safe from any task: settle(), last_chance(), held(), read_through(), at_end(), end(),
// counts(). The three workers run beside each other.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/base/random.h"
#include "core/env/clock.h"
#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/spool/location.h"
#include "core/spool/location_policy.h"
#include "core/spool/recovery.h"
#include "core/spool/segment_index.h"
#include "core/spool/segment_reader.h"
#include "core/spool/segment_writer.h"

namespace holdfast::spool {

struct SpoolSettings {
  std::vector<std::string> directories;  // the primary one first, then those to fall back on
  std::uint64_t max_bytes = 0;           // of all of them together
  std::uint64_t segment_bytes = 0;
  LocationRetry retry{.retry = std::chrono::milliseconds(500), .longest_retry = std::chrono::seconds(30)};
  Duration slow_commit = std::chrono::seconds(2);
  bool hold = false;  // settled segments stay until somebody lets them go: hold_from(), let_go()
};

// Where a run of consecutive records came to lie.
struct Placement {
  std::uint32_t segment = 0;
  std::uint32_t first_ordinal = 0;
  std::uint32_t count = 0;
  std::string path;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct CommitResult {
  std::size_t durable = 0;            // leading frames; the rest is still the caller's
  std::vector<Placement> placements;  // of the durable ones, in order
  std::optional<Error> error;         // why not all
};

struct SpooledFrame {
  std::uint32_t segment = 0;
  std::uint32_t ordinal = 0;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  Bytes payload;  // valid during the call
};

// A place in the spool, in order of segments and their frames.
struct Cursor {
  std::uint32_t segment = 0;
  std::uint64_t offset = 0;  // 0: the segment's first frame
  std::uint32_t ordinal = 0;
};

struct SpoolCounts {
  std::uint64_t bytes = 0;
  std::array<std::uint64_t, kMostLocations> bytes_in{};  // by location
  std::uint64_t unsettled = 0;
  std::uint64_t sealed = 0;
  std::uint64_t retired = 0;
  std::uint64_t recovered = 0;          // records found that were not settled, damaged ones too
  std::uint64_t fallbacks = 0;          // moves to a later location
  std::optional<std::size_t> location;  // where the next commit goes; none: no location is usable
};

// What tend() achieved.
struct Tended {
  bool restored = false;             // a location takes records again
  std::vector<std::uint32_t> found;  // segments apart from the order: read them with read_one()
  std::uint64_t damaged = 0;         // records in them that are gone
};

class Spool {
 public:
  // Opens and recovers every location, as far as that goes; what does not is left to tend(). Fails
  // with Code::busy when another tracker has one of them.
  static Result<std::unique_ptr<Spool>> open(const Clock& clock, FileSystem& files, RandomStream epochs,
                                             Log& log, SpoolSettings settings);

  // What open() found, in all locations together.
  const Recovery& recovery() const { return recovery_; }
  std::uint64_t epoch() const { return epoch_; }  // of records committed in this life

  CommitResult commit(std::span<const PendingFrame> frames);

  // Hands out at most `limit` unsettled frames from the cursor on, and moves it. Frames found
  // damaged are settled and counted in `damaged`.
  using Take = std::function<void(const SpooledFrame&)>;
  Result<std::size_t> read(Cursor& cursor, std::size_t limit, const Take& take, std::uint64_t& damaged);
  // The same within the cursor's segment only, for one that was passed over or lies apart.
  Result<std::size_t> read_one(Cursor& cursor, std::size_t limit, const Take& take, std::uint64_t& damaged);
  // Nothing more will come from the cursor's segment.
  bool read_through(const Cursor& cursor) const;
  // Nothing committed lies behind the cursor.
  bool at_end(const Cursor& cursor) const;
  Cursor end() const;

  bool settle(std::uint32_t segment, std::uint32_t ordinal) { return index_.settle(segment, ordinal); }
  // Removes segments that are sealed and settled. Returns how many.
  std::size_t retire();
  // Tries a location whose pause is over, and reads what could not be read before.
  Tended tend();
  // When tend() has something to do.
  Time tend_at() const;
  // The end is near: when no location is usable, all that are open may be written once more.
  void last_chance();
  // Keeps records that the upstream refused, in the quarantine of the best location that takes them.
  Status keep_refused(Bytes frames);

  // For a usage file, which counts what earlier lives left: settled segments are held for it. Those of
  // this life are held from an id on, kHoldNone holds none; those inherited until they are let go. But
  // only while the spool is not half full.
  static constexpr std::uint32_t kHoldNone = ~std::uint32_t{0};
  void hold_from(std::uint32_t segment) { hold_from_.store(segment); }
  void let_go(std::uint32_t segment);
  // Settled segments that are kept only because they are held, the oldest first.
  std::vector<SegmentInfo> held() const;
  // The segments of earlier lives that were found since the last call.
  std::vector<SegmentInfo> take_inherited();
  // Every location was read, and all of it: no more will be found.
  bool all_inherited() const { return all_inherited_.load(); }
  // Hands out every frame of a segment, settled ones and copies too. Code::not_found: it is gone for good;
  // any other error may pass, and what was handed out before it is to be forgotten.
  Status read_whole(const SegmentInfo& segment, const std::function<void(const FrameView&)>& take) const;

  Status save_hint();

  SpoolCounts counts() const;

  // Seals the active segment, saves the hints, frees the locks.
  Status close();

 private:
  Spool(const Clock& clock, FileSystem& files, Log& log, SpoolSettings settings);

  // open(), tend(), close()
  Status open_locations();
  Result<Recovery> open_location(std::size_t at);
  Result<Recovery> recover_in(std::size_t at, const Wanted& wanted);
  void add(RecoveredSegment segment, bool apart);
  void add_late(Recovery recovery, Tended& tended);
  Status probe(std::size_t at, Tended& tended);
  bool try_location(std::size_t at, Tended& tended);
  bool reachable(std::size_t at) const;
  std::vector<std::size_t> best_first() const;
  Checkpoint checkpoint_of(std::size_t at) const;
  bool location_is_there(const SegmentInfo& segment) const;
  bool holds(const SegmentInfo& segment) const;
  void note_what_is_unread();

  // commit()
  std::uint64_t room() const;
  bool has_room_for(const PendingFrame& frame);
  std::optional<Error> commit_some(std::size_t at, std::span<const PendingFrame> frames,
                                   CommitResult& result);
  Status ensure_segment(std::size_t at);
  void pass_id(std::uint32_t id);  // the next segment's is higher
  std::size_t frames_that_fit(std::span<const PendingFrame> frames) const;
  void note_commit(const SegmentCommit& commit, CommitResult& result);
  void note_pace(std::size_t at, Duration taken);
  void leave(std::size_t at, const Error& error, LocationPolicy::Failure failure);
  void seal(const char* why);

  std::size_t drop_segment(const SegmentInfo& segment, std::uint32_t from_ordinal, std::uint64_t& damaged);
  Status open_segment(const SegmentInfo& segment, SegmentReader& reader) const;
  Result<std::size_t> read_segment(const SegmentInfo& segment, Cursor& cursor, std::size_t limit,
                                   const Take& take, std::uint64_t& damaged);

  template <class Ask>
  auto policy(Ask&& ask) const {
    base::MutexLock lock(policy_mutex_);
    return ask(policy_);
  }

  const Clock& clock_;
  FileSystem& files_;
  Log& log_;
  const SpoolSettings settings_;
  std::vector<std::unique_ptr<Location>> locations_;
  Recovery recovery_;
  SeenRecords seen_;
  SegmentIndex index_;
  std::uint64_t epoch_ = 0;
  std::atomic<std::uint32_t> next_segment_{1};

  mutable base::Mutex policy_mutex_;
  mutable LocationPolicy policy_;  // guarded by policy_mutex_

  // The collector's.
  std::unique_ptr<SegmentWriter> writer_;
  std::size_t writer_at_ = 0;  // its location
  std::size_t last_at_ = 0;    // where the last commit went

  // The replay worker's.
  struct Unread {
    std::vector<std::uint32_t> segments;  // file ids
    Time retry_at{};
  };
  std::array<Unread, kMostLocations> unread_;
  std::vector<std::uint32_t> found_;  // segments apart that nobody has been told of
  std::uint32_t next_apart_ = kFirstApart;

  std::atomic<std::uint64_t> sealed_{0};
  std::atomic<std::uint64_t> retired_{0};
  std::atomic<std::uint64_t> recovered_{0};
  std::atomic<std::uint64_t> fallbacks_{0};
  std::atomic<std::uint32_t> hold_from_{kHoldNone};
  std::atomic<bool> all_inherited_{false};
  mutable base::Mutex inherited_mutex_;
  std::vector<SegmentInfo> inherited_;  // guarded by inherited_mutex_
  std::set<std::uint32_t> held_;        // likewise: inherited and not let go
};

}  // namespace holdfast::spool
