// The spool: records on disk between record() and the upstream's acknowledgement.
//
//   auto spool = Spool::open(files, epochs, log, settings);       // recovers what is there
//   auto commit = spool->commit(frames);                          // the collector
//   spool->read(cursor, 1000, [](const SpooledFrame& f) { ... });  // the replay worker
//   spool->settle(segment, ordinal);                              // the shippers
//   spool->retire();                                              // the replay worker
//
//        commit             settle (all of a sealed segment)       retire
//   ---------------> active --------> sealed ------------> settled --------> removed
//
// A failed sync or a full disk seals the active segment at its last synced byte; what memory still
// holds goes to a new one. commit() and close() belong to the collector, read(), retire() and
// save_hint() to the replay worker; settle() and the counters are safe from any task.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/env/file_system.h"
#include "core/env/log.h"
#include "core/spool/quarantine.h"
#include "core/spool/recovery.h"
#include "core/spool/segment_index.h"
#include "core/spool/segment_writer.h"

namespace holdfast::spool {

struct SpoolSettings {
  std::string directory;
  std::uint64_t max_bytes = 0;
  std::uint64_t segment_bytes = 0;
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
  std::uint64_t unsettled = 0;
  std::uint64_t sealed = 0;
  std::uint64_t retired = 0;
};

class Spool {
 public:
  // Creates the directory, takes its lock (Code::busy when another tracker has it) and recovers.
  static Result<std::unique_ptr<Spool>> open(FileSystem& files, RandomStream epochs, Log& log,
                                             SpoolSettings settings);

  const Recovery& recovery() const { return recovery_; }
  std::uint64_t epoch() const { return epoch_; }  // of records committed in this life

  CommitResult commit(std::span<const PendingFrame> frames);

  // Hands out at most `limit` unsettled frames from the cursor on, and moves it. Frames found
  // damaged are settled and counted in `damaged`.
  using Take = std::function<void(const SpooledFrame&)>;
  Result<std::size_t> read(Cursor& cursor, std::size_t limit, const Take& take, std::uint64_t& damaged);
  // The same within the cursor's segment only, for one that was passed over.
  Result<std::size_t> read_one(Cursor& cursor, std::size_t limit, const Take& take, std::uint64_t& damaged);
  // Nothing more will come from the cursor's segment.
  bool read_through(const Cursor& cursor) const;
  // Nothing committed lies behind the cursor.
  bool at_end(const Cursor& cursor) const;
  Cursor end() const;

  bool settle(std::uint32_t segment, std::uint32_t ordinal) { return index_.settle(segment, ordinal); }
  // Removes segments that are sealed and settled. Returns how many.
  std::size_t retire();
  // Segments from this id on are kept though settled, since the usage file has not counted them yet;
  // but only while the spool is not half full.
  void hold_from(std::uint32_t segment) { hold_from_.store(segment); }
  static constexpr std::uint32_t kHoldNone = ~std::uint32_t{0};
  Status save_hint();
  Quarantine& quarantine() { return quarantine_; }

  SpoolCounts counts() const;

  // Seals the active segment, saves the hint, frees the lock.
  Status close();

 private:
  Spool(FileSystem& files, Log& log, SpoolSettings settings);

  Status take_lock();
  void adopt(const Recovery& recovery);
  std::uint64_t room() const;
  Status ensure_segment(std::size_t next_frame_bytes);
  std::size_t frames_that_fit(std::span<const PendingFrame> frames) const;
  void note_commit(const SegmentCommit& commit, CommitResult& result);
  void seal(const char* why);
  std::size_t drop_segment(const SegmentInfo& segment, std::uint32_t from_ordinal, std::uint64_t& damaged);
  Result<std::size_t> read_segment(const SegmentInfo& segment, Cursor& cursor, std::size_t limit,
                                   const Take& take, std::uint64_t& damaged);

  FileSystem& files_;
  Log& log_;
  SpoolSettings settings_;
  Quarantine quarantine_;
  Recovery recovery_;
  SegmentIndex index_;
  std::uint64_t epoch_ = 0;
  std::atomic<std::uint32_t> next_segment_{1};
  std::unique_ptr<File> lock_;
  std::unique_ptr<SegmentWriter> writer_;
  std::atomic<std::uint64_t> sealed_{0};
  std::atomic<std::uint64_t> retired_{0};
  std::atomic<std::uint32_t> hold_from_{kHoldNone};
  std::optional<Checkpoint> saved_;
};

}  // namespace holdfast::spool
