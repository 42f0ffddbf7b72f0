#include "core/spool/spool.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/base/units.h"

namespace holdfast::spool {
namespace {

using Failure = LocationPolicy::Failure;

constexpr int kSegmentsPerCommit = 3;  // fresh segments tried before a commit gives up on a location
constexpr std::uint64_t kFooterBytes = framed_bytes(0);

}  // namespace

Spool::Spool(const Clock& clock, FileSystem& files, Log& log, SpoolSettings settings)
    : clock_(clock),
      files_(files),
      log_(log),
      settings_(std::move(settings)),
      policy_(settings_.directories.size(), settings_.retry),
      hold_from_(settings_.hold ? 0 : kHoldNone) {
  for (const auto& directory : settings_.directories)
    locations_.push_back(std::make_unique<Location>(files, log, directory));
}

Result<std::unique_ptr<Spool>> Spool::open(const Clock& clock, FileSystem& files, RandomStream epochs,
                                           Log& log, SpoolSettings settings) {
  std::unique_ptr<Spool> spool(new Spool(clock, files, log, std::move(settings)));
  if (auto opened = spool->open_locations(); !opened) {
    for (const auto& location : spool->locations_) (void)location->close();  // the reason says more
    return fail(opened.error());
  }
  // Ids are not used again and time goes on, so no two lives share an epoch even if they draw the
  // same number; nor if no location could tell the ids of the life before.
  const auto wall = static_cast<std::uint64_t>(clock.wall().time_since_epoch().count());
  do spool->epoch_ = mix64(epochs.next() ^ mix64(spool->next_segment_.load() ^ mix64(wall)));
  while (spool->epoch_ == 0);
  return spool;
}

CommitResult Spool::commit(std::span<const PendingFrame> frames) {
  CommitResult result;
  int attempts = 0;
  std::size_t moves = 0;
  while (result.durable < frames.size()) {
    const auto rest = frames.subspan(result.durable);
    const auto at = policy([](const auto& policy) { return policy.in_use(); });
    if (!at || moves == locations_.size()) {
      if (!result.error) result.error = Error{Code::unavailable, "no location of the spool takes records"};
      return result;
    }
    if (writer_ && writer_at_ != *at) seal(nullptr);
    if (!has_room_for(rest.front())) {
      result.error = Error{Code::no_space, "the spool holds spool.max_bytes"};
      return result;
    }
    const Time began = clock_.now();
    auto error = commit_some(*at, rest, result);
    const Duration taken = clock_.now() - began;
    if (!error) {
      note_pace(*at, taken);
      continue;
    }
    result.error = std::move(error);
    // A full disk stays full, and a slow one slow; any other failure may be of this file alone.
    const bool slow = taken > settings_.slow_commit;
    if (result.error->code != Code::no_space && !slow && ++attempts < kSegmentsPerCommit) continue;
    leave(*at, *result.error, slow ? Failure::hangs : Failure::refuses);
    attempts = 0;
    ++moves;
  }
  result.error.reset();
  return result;
}

// What frames may still take of spool.max_bytes: the active segment's footer has its place kept, and
// so has the header where it is still to be written.
std::uint64_t Spool::room() const {
  const bool fresh = !writer_ || writer_->bytes() == 0;
  const std::uint64_t taken = index_.bytes() + kFooterBytes + (fresh ? kSegmentHeaderBytes : 0);
  return settings_.max_bytes - std::min(settings_.max_bytes, taken);
}

bool Spool::has_room_for(const PendingFrame& frame) {
  if (framed_bytes(frame.payload.size()) <= room()) return true;
  if (writer_) seal(nullptr);  // so that it can be retired once settled
  return false;
}

// As many frames as fit the active segment, or a new one.
std::optional<Error> Spool::commit_some(std::size_t at, std::span<const PendingFrame> frames,
                                        CommitResult& result) {
  if (auto ready = ensure_segment(at); !ready) return ready.error();
  const SegmentCommit commit = writer_->commit(frames.first(frames_that_fit(frames)));
  note_commit(commit, result);
  if (commit.error) {
    seal(commit.error->message.c_str());
  } else if (writer_->bytes() >= settings_.segment_bytes) {
    seal(nullptr);
  }
  return commit.error;
}

Status Spool::ensure_segment(std::size_t at) {
  if (writer_) return {};
  const std::uint32_t id = next_segment_.load();
  auto writer = SegmentWriter::create(files_, locations_[at]->directory(), {id, epoch_});
  if (!writer) {
    pass_id(id);  // a file of that name may be there all the same
    return fail(writer.error());
  }
  writer_ = std::move(*writer);
  writer_at_ = at;
  index_.add({.id = id,
              .file_id = id,
              .location = static_cast<std::uint32_t>(at),
              .epoch = epoch_,
              .path = writer_->path()});
  pass_id(id);  // not before the index knows it: end() never lies behind a segment in the making
  return {};
}

std::size_t Spool::frames_that_fit(std::span<const PendingFrame> frames) const {
  const std::uint64_t in_segment =
      settings_.segment_bytes - std::min(settings_.segment_bytes, writer_->bytes());
  const std::uint64_t limit = std::min(room(), in_segment);
  std::uint64_t bytes = 0;
  std::size_t count = 0;
  while (count < frames.size()) {
    bytes += framed_bytes(frames[count].payload.size());
    if (count > 0 && bytes > limit) break;
    ++count;
  }
  return count;
}

void Spool::note_commit(const SegmentCommit& commit, CommitResult& result) {
  if (commit.durable == 0) return;
  const auto count = static_cast<std::uint32_t>(commit.durable);
  index_.grow(writer_->header().id, count, writer_->bytes());
  result.durable += commit.durable;
  result.placements.push_back({.segment = writer_->header().id,
                               .first_ordinal = commit.first_ordinal,
                               .count = count,
                               .path = writer_->path(),
                               .begin = commit.begin,
                               .end = commit.end});
  if (writer_at_ > last_at_) fallbacks_.fetch_add(1);
  last_at_ = writer_at_;
}

// These records are safe; those of the next commits should not wait as long where they need not.
void Spool::note_pace(std::size_t at, Duration taken) {
  const bool leaves = policy([&](auto& policy) {
    if (taken > settings_.slow_commit && policy.any_usable_but(at)) return true;
    policy.confirm(at);
    return false;
  });
  if (!leaves) return;
  const std::string pace = locations_[at]->directory() + ": a commit took " + format_duration(taken);
  leave(at, Error{Code::timeout, pace}, Failure::hangs);
}

void Spool::leave(std::size_t at, const Error& error, Failure failure) {
  if (writer_) seal(error.message.c_str());
  const Time now = clock_.now();
  const auto next = policy([&](auto& policy) {
    policy.fail(at, now, failure);
    return policy.in_use();
  });
  log_.write(Log::Level::warning, "spool.location",
             error.message + "; " + locations_[at]->directory() + " is left for " +
                 (next ? locations_[*next]->directory() : "memory"));
}

// Ends the active segment: with a footer, or as it is when something failed (`why`).
void Spool::seal(const char* why) {
  const std::uint32_t id = writer_->header().id;
  const bool empty = writer_->count() == 0;
  const std::string path = writer_->path();
  std::uint64_t bytes = writer_->bytes();
  if (why != nullptr)
    log_.write(Log::Level::warning, "spool.sealed", std::string(why) + "; the segment is sealed");
  if (why == nullptr && !writer_->broken()) {
    if (auto finished = writer_->finish(); !finished)
      log_.write(Log::Level::info, "spool.no_footer", finished.error().message);
    bytes = writer_->bytes();
  } else {
    writer_->abandon();
  }
  writer_.reset();
  if (empty && files_.remove(path)) return index_.erase(id);
  index_.grow(id, 0, empty ? 0 : bytes);  // one that holds nothing is removed by retire()
  index_.seal(id);
  if (!empty) sealed_.fetch_add(1);
}

SpoolCounts Spool::counts() const {
  SpoolCounts counts{.bytes = index_.bytes(),
                     .bytes_in = {},
                     .unsettled = index_.unsettled(),
                     .sealed = sealed_.load(),
                     .retired = retired_.load(),
                     .recovered = recovered_.load(),
                     .fallbacks = fallbacks_.load(),
                     .location = policy([](const auto& policy) { return policy.in_use(); })};
  for (std::uint32_t at = 0; at < locations_.size(); ++at) counts.bytes_in[at] = index_.bytes_in(at);
  return counts;
}

}  // namespace holdfast::spool
