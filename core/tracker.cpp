#include "core/tracker.h"

#include "core/base/check.h"
#include "core/delivery/codecs/lineage.h"
#include "core/pipeline/pipeline.h"
#include "core/spool/spool.h"

namespace holdfast {
namespace {

Observer nobody;  // has no state and does nothing

spool::SpoolSettings spool_settings(const Options& options) {
  const SpoolOptions& spool = options.spool;
  return {.directories = spool.directories(),
          .max_bytes = spool.max_bytes,
          .segment_bytes = spool.segment_bytes,
          .retry = {.retry = spool.retry_interval, .longest_retry = spool.max_retry_interval},
          .slow_commit = spool.slow_commit,
          .hold = !options.usage.directory.empty()};
}

}  // namespace

Result<std::unique_ptr<Tracker>> Tracker::open(Environment environment, const Options& options,
                                               Observer* observer) {
  if (options.spool.directory.empty()) return fail(Code::invalid, "spool.directory is not set");
  auto spool =
      spool::Spool::open(environment.clock, environment.files, environment.random.stream("spool.epoch"),
                         environment.log, spool_settings(options));
  if (!spool) return fail(spool.error());
  auto shared = std::make_shared<pipeline::Shared>(environment, options, std::move(*spool),
                                                   std::make_unique<delivery::LineageCodec>(),
                                                   observer != nullptr ? *observer : nobody);
  return std::unique_ptr<Tracker>(new Tracker(std::make_unique<pipeline::Pipeline>(std::move(shared))));
}

Tracker::Tracker(std::unique_ptr<pipeline::Pipeline> pipeline) : pipeline_(std::move(pipeline)) {}

// A destructor must not block for long, and correctness must not depend on it: programs call close().
Tracker::~Tracker() { HOLDFAST_CHECK(closed_, "a tracker is closed before it is destroyed"); }

Producer Tracker::make_producer() { return Producer(pipeline_->shared().rings.add()); }

Status Tracker::flush(Duration within) {
  return pipeline_->flush(pipeline_->shared().env.clock.now() + within);
}

Status Tracker::close(Duration within) {
  HOLDFAST_CHECK(!closed_, "a tracker is closed once");
  closed_ = true;
  return pipeline_->close(pipeline_->shared().env.clock.now() + within);
}

Stats Tracker::stats() const { return pipeline_->stats(); }

}  // namespace holdfast
