#include "simulator/world/live/host_stream.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "core/base/random.h"
#include "core/host/system_clock.h"

namespace holdfast::world {
namespace {

constexpr std::uint64_t kProbeHashes = 10'000;
constexpr int kProbes = 50;  // the fastest counts

Time now() { return host::SystemClock().now(); }

void operate(std::uint64_t hashes) {
  std::uint64_t hash = hashes;
  for (std::uint64_t i = 0; i < hashes; ++i) hash = mix64(hash ^ i);
  asm volatile("" : : "r"(hash));  // somebody might want it
}

std::uint64_t hashes_in(Duration operation) {
  Duration fastest = Duration::max();
  for (int i = 0; i < kProbes; ++i) {
    const Time before = now();
    operate(kProbeHashes);
    fastest = std::min(fastest, now() - before);
  }
  const auto hashes = kProbeHashes * static_cast<std::uint64_t>(operation.count()) /
                      static_cast<std::uint64_t>(std::max<std::int64_t>(1, fastest.count()));
  return std::max<std::uint64_t>(1, hashes);
}

}  // namespace

HostStream::HostStream(Duration operation) : hashes_(hashes_in(operation)) {}

// The best bin counts: what else happens on the machine can then only make the tracker look worse.
void HostStream::run_alone(Duration length) {
  const Time end = now() + length;
  Time last = now();
  while (last < end) {
    const Time bin_began = last;
    std::uint64_t operations = 0;
    for (; last - bin_began < oracle::HostTask::kBin; ++operations) {
      operate(hashes_);
      const Time ended = now();
      task_.alone_gap = std::max(task_.alone_gap, ended - last);
      last = ended;
    }
    const double took = static_cast<double>((last - bin_began).count()) / 1e9;
    task_.alone_per_second = std::max(task_.alone_per_second, static_cast<double>(operations) / took);
  }
}

void HostStream::begin(Time start, Duration length, Between between) {
  const auto bins = (length + oracle::HostTask::kBin - Duration{1}) / oracle::HostTask::kBin;
  task_.bins.resize(static_cast<std::size_t>(bins));
  thread_ = std::thread([this, start, between = std::move(between)] { stream(start, between); });
  ::pthread_setname_np(thread_.native_handle(), "host");
}

void HostStream::stream(Time start, const Between& between) {
  for (Time last = now(); !ending_.load(std::memory_order_relaxed);) {
    operate(hashes_);
    const Time ended = now();
    const auto bin = (ended - start) / oracle::HostTask::kBin;
    if (ended >= start && static_cast<std::size_t>(bin) < task_.bins.size()) {
      auto& here = task_.bins[static_cast<std::size_t>(bin)];
      ++here.operations;
      here.gap = std::max(here.gap, ended - last);
    }
    last = ended;
    between(ended);
  }
}

void HostStream::end() {
  ending_.store(true);
  if (thread_.joinable()) thread_.join();
}

}  // namespace holdfast::world
