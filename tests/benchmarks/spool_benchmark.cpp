// Durable commits of the spool on a real directory, beside the same number of bytes written and
// synced to a file that was preallocated and written once (the limit) and to one that grows (what
// the spool's segments do in this version). Rounds alternate. Then the recovery scan, beside
// reading the same files and checking a CRC over their bytes.
//
// The directory is $HOLDFAST_BENCH_DIRECTORY, or the current one: it should be on a real disk.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/check.h"
#include "core/base/crc32c.h"
#include "core/host/posix_file_system.h"
#include "core/host/system_clock.h"
#include "core/ingest/record_frame.h"
#include "core/spool/spool.h"
#include "tests/benchmarks/sample_records.h"
#include "tests/benchmarks/samples.h"
#include "tests/temporary_directory.h"

namespace holdfast::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kRounds = 8;
constexpr int kCommitsPerRound = 60;
constexpr std::uint64_t kFileBytes = 16 << 20;
constexpr std::uint64_t kScanBytes = 64 << 20;

double microseconds(SteadyClock::time_point since) {
  return std::chrono::duration<double, std::micro>(SteadyClock::now() - since).count();
}

class QuietLog final : public Log {
  void write(Level, std::string_view, std::string_view) override {}
};

// On the disk that is measured, which /tmp need not be on.
std::filesystem::path parent_directory() {
  const char* given = std::getenv("HOLDFAST_BENCH_DIRECTORY");
  return given != nullptr ? given : ".";
}

// Record frames as the collector hands them over.
class Frames {
 public:
  explicit Frames(std::size_t count) {
    for (const auto& record : sample_records(count)) {
      payloads_.emplace_back(ingest::frame_size(record));
      ingest::write_frame(record, payloads_.back().data());
    }
    for (const auto& payload : payloads_) {
      frames_.push_back({frames_.size(), payload});
      bytes_ += spool::framed_bytes(payload.size());
    }
  }
  const std::vector<spool::PendingFrame>& frames() const { return frames_; }
  // The same payloads as records that were not there before: recovery counts no record twice.
  void renumber() {
    for (auto& frame : frames_) frame.sequence += frames_.size();
  }
  std::size_t bytes() const { return bytes_; }  // in a segment

 private:
  std::vector<ByteBuffer> payloads_;
  std::vector<spool::PendingFrame> frames_;
  std::size_t bytes_ = 0;
};

class SpoolOnDisk {
 public:
  explicit SpoolOnDisk(const std::string& directory) {
    auto opened = spool::Spool::open(clock_, files_, Random(1).stream("spool.epoch"), log_,
                                     {.directories = {directory},
                                      .max_bytes = std::uint64_t{1} << 30,
                                      .segment_bytes = std::uint64_t{8} << 20});
    HOLDFAST_CHECK(opened.has_value(), "the benchmark's spool opens");
    spool_ = std::move(*opened);
  }
  ~SpoolOnDisk() { HOLDFAST_CHECK(spool_->close().has_value(), "the benchmark's spool closes"); }

  void commit(const Frames& frames) {
    auto result = spool_->commit(frames.frames());
    HOLDFAST_CHECK(!result.error, "the disk takes every commit");
    for (auto& placement : result.placements) placements_.push_back(std::move(placement));
  }
  // Everything was delivered: sealed segments go. Not part of a commit.
  void settle() {
    for (const auto& placement : placements_)
      for (std::uint32_t i = 0; i < placement.count; ++i)
        spool_->settle(placement.segment, placement.first_ordinal + i);
    placements_.clear();
    spool_->retire();
  }
  std::uint64_t records() const { return spool_->recovery().records; }

 private:
  host::SystemClock clock_;
  host::PosixFileSystem files_;
  QuietLog log_;
  std::unique_ptr<spool::Spool> spool_;
  std::vector<spool::Placement> placements_;
};

class RawFile {
 public:
  enum class Kind : std::uint8_t { growing, written_once };

  RawFile(const std::string& path, Kind kind) : kind_(kind), bytes_(1 << 20, 'x') {
    descriptor_ = ::open(path.c_str(), O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0600);
    HOLDFAST_CHECK(descriptor_ >= 0, "the benchmark's file opens");
    if (kind == Kind::written_once)
      for (std::uint64_t at = 0; at < kFileBytes; at += bytes_.size()) put(bytes_.size(), at);
    HOLDFAST_CHECK(::fsync(descriptor_) == 0, "the benchmark's file can be synced");
  }
  ~RawFile() { ::close(descriptor_); }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;

  void commit(std::size_t size) {
    if (at_ + size > kFileBytes) {
      at_ = 0;
      if (kind_ == Kind::growing) HOLDFAST_CHECK(::ftruncate(descriptor_, 0) == 0, "the file can be cut");
    }
    put(size, at_);
    at_ += size;
    HOLDFAST_CHECK(::fdatasync(descriptor_) == 0, "the file can be synced");
  }

 private:
  void put(std::size_t size, std::uint64_t at) {
    const auto written = ::pwrite(descriptor_, bytes_.data(), size, static_cast<off_t>(at));
    HOLDFAST_CHECK(written == static_cast<ssize_t>(size), "the disk takes every write");
  }

  Kind kind_;
  std::string bytes_;
  int descriptor_ = -1;
  std::uint64_t at_ = 0;
};

template <class Commit>
void time_commits(Samples& into, Commit commit) {
  for (int i = 0; i < kCommitsPerRound; ++i) {
    const auto began = SteadyClock::now();
    commit();
    into.add(microseconds(began));
  }
}

void report_commits(benchmark::State& state, const std::string& name, Samples& commits, std::size_t records) {
  report(state, name + "records/s", static_cast<double>(records * commits.count()) / (commits.sum() * 1e-6));
  report(state, name + "p50_us", commits.median());
  report(state, name + "p99_us", commits.quantile(0.99));
}

void spool_commit(benchmark::State& state) {
  const auto records = static_cast<std::size_t>(state.range(0));
  const Frames frames(records);
  for (auto _ : state) {
    const TemporaryDirectory directory(parent_directory());
    SpoolOnDisk spool(directory.path() + "/spool");
    RawFile raw(directory.path() + "/raw", RawFile::Kind::written_once);
    RawFile growing(directory.path() + "/growing", RawFile::Kind::growing);
    Samples ours, limit, grown;
    for (int round = 0; round < kRounds; ++round) {
      time_commits(ours, [&] { spool.commit(frames); });
      spool.settle();
      time_commits(limit, [&] { raw.commit(frames.bytes()); });
      time_commits(grown, [&] { growing.commit(frames.bytes()); });
    }
    report_commits(state, "", ours, records);
    report_commits(state, "limit_", limit, records);
    report_commits(state, "growing_", grown, records);
    report(state, "of_limit", limit.median() / ours.median());
    report(state, "of_growing", grown.median() / ours.median());
    state.SetIterationTime(ours.median() * 1e-6);
  }
}
BENCHMARK(spool_commit)
    ->ArgName("records")
    ->Arg(100)
    ->Arg(1000)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);

// What a scan cannot do without: every byte read and checked.
std::uint32_t read_and_check(const std::string& directory) {
  std::vector<std::byte> chunk(256 << 10);
  std::uint32_t crc = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".seg") continue;
    const int descriptor = ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    for (ssize_t got = 0; (got = ::read(descriptor, chunk.data(), chunk.size())) > 0;)
      crc = crc32c(std::span(chunk).first(static_cast<std::size_t>(got)), crc);
    ::close(descriptor);
  }
  return crc;
}

void spool_recovery(benchmark::State& state) {
  const TemporaryDirectory directory(parent_directory());
  const std::string path = directory.path() + "/spool";
  Frames frames(10'000);
  std::uint64_t written = 0;
  {
    SpoolOnDisk spool(path);
    for (; written * frames.bytes() < kScanBytes; ++written, frames.renumber()) spool.commit(frames);
  }
  for (auto _ : state) {
    Samples ours, limit;
    for (int round = 0; round < kRounds; ++round) {
      auto began = SteadyClock::now();
      benchmark::DoNotOptimize(read_and_check(path));
      limit.add(microseconds(began));
      began = SteadyClock::now();
      const SpoolOnDisk spool(path);
      ours.add(microseconds(began));
      HOLDFAST_CHECK(spool.records() == written * frames.frames().size(), "the scan finds every record");
    }
    report(state, "GB/s", static_cast<double>(written * frames.bytes()) / ours.median() * 1e-3);
    report(state, "ns/record", ours.median() * 1e3 / static_cast<double>(written * frames.frames().size()));
    report(state, "of_limit", limit.median() / ours.median());
    state.SetIterationTime(ours.median() * 1e-6);
  }
}
BENCHMARK(spool_recovery)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace holdfast::bench
