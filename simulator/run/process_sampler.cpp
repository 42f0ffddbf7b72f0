#include "simulator/run/process_sampler.h"

#include <algorithm>

#include "simulator/world/live/process_usage.h"

namespace holdfast::run {
namespace {

// What the tracker may take of the kernel at most: three workers beside its shippers; a connection for
// each shipper (two while one is being replaced, and libcurl's wake-up pair), the segment written, one
// read, a directory, and a lock in each location. Where it keeps a usage file: a worker, a lock in each
// location, a file and its directory, a segment of a killed life.
constexpr std::uint64_t kWorkersBesideShippers = 3;
constexpr std::uint64_t kDescriptorsPerShipper = 4;
constexpr std::uint64_t kDescriptorsOfSpool = 3;
constexpr std::uint64_t kWorkersOfUsage = 1;
constexpr std::uint64_t kDescriptorsOfUsage = 6;

}  // namespace

ProcessSampler::ProcessSampler(const Options& options) {
  const auto without = world::process_usage();
  const std::uint64_t shippers = options.delivery.shippers;
  const std::uint64_t usage = options.usage.directory.empty() ? 0 : 1;
  threads_ = {.what = "threads",
              .highest = 0,
              .limit = without.threads + kWorkersBesideShippers + shippers + usage * kWorkersOfUsage};
  descriptors_ = {.what = "descriptors",
                  .highest = 0,
                  .limit = without.descriptors + kDescriptorsPerShipper * shippers + kDescriptorsOfSpool +
                           options.spool.directories().size() + usage * kDescriptorsOfUsage};
}

void ProcessSampler::sample(std::uint64_t harness_threads) {
  const auto now = world::process_usage();
  threads_.highest = std::max(threads_.highest, now.threads - std::min(now.threads, harness_threads));
  descriptors_.highest = std::max(descriptors_.highest, now.descriptors);
}

void ProcessSampler::add_to(std::vector<oracle::Bound>& bounds) const {
  bounds.insert(bounds.end(), {threads_, descriptors_});
}

}  // namespace holdfast::run
