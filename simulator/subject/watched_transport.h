// The Transport port with a count: how many requests are under way at once, at most.
//
//   WatchedTransport watched(env.transport);
//   Environment env_of_subject{env.clock, ..., watched, ...};
//   watched.most_at_once() <= options.delivery.shippers       // the law of bounds
//
// A request is under way from the call of send() to its return, so one that its client gave up is
// not, though the upstream may be at work on it yet. Safe from any task; it adds no yield point.
#pragma once

#include <atomic>

#include "core/env/transport.h"

namespace holdfast::subject {

class WatchedTransport final : public Transport {
 public:
  explicit WatchedTransport(Transport& transport) : transport_(transport) {}

  SendResult send(const Request& request, Time deadline, const CancelFlag& cancel) override {
    note(under_way_.fetch_add(1) + 1);
    SendResult result = transport_.send(request, deadline, cancel);
    under_way_.fetch_sub(1);
    return result;
  }

  std::uint64_t most_at_once() const { return most_.load(); }

 private:
  void note(std::uint64_t now) {
    std::uint64_t most = most_.load();
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }

  Transport& transport_;
  std::atomic<std::uint64_t> under_way_{0};
  std::atomic<std::uint64_t> most_{0};
};

}  // namespace holdfast::subject
