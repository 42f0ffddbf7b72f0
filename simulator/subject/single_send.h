// One record, one request, one answer waited for: how a synchronous tracker delivers. Each record
// gets an identity of its own, which its retries keep.
//
//   SingleSend send(env, timeout);
//   auto request = send.request_for(record);
//   if (send.once(request)) ...             // 200: delivered
//
// Blocks its caller for up to the timeout; interrupt() ends that. Safe from any task.
#pragma once

#include <atomic>

#include "core/delivery/codecs/lineage.h"
#include "core/env/environment.h"

namespace holdfast::subject {

class SingleSend {
 public:
  SingleSend(const Environment& env, Duration timeout);

  Request request_for(const UsageRecord& record);
  // True when the upstream said that it has the record. Counts the attempt.
  bool once(Request& request);
  void interrupt() { interrupted_.store(true); }
  bool interrupted() const { return interrupted_.load(); }

 private:
  Environment env_;
  Duration timeout_;
  std::uint64_t epoch_;
  delivery::LineageCodec codec_;
  std::atomic<std::uint64_t> next_sequence_{1};
  CancelFlag interrupted_{false};
};

}  // namespace holdfast::subject
