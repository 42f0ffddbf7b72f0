// The port to the upstream service: one request, one of three outcomes.
//
//   response   an answer arrived (any status)
//   not_sent   it certainly was not applied: refused, no connection, cancelled before the first byte
//   unknown    it may have been applied: timeout, connection lost after sending
//
// Safe from any task. send() blocks until an outcome is known, the deadline passes or `cancel` is
// set. No call with a base::Mutex held, in a destructor or a catch handler.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast {

// The identity under which the upstream knows a record: unchanged over retries and restarts.
// `epoch` names the life of the tracker that accepted it, `sequence` its place in that life.
struct RecordKey {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  friend auto operator<=>(const RecordKey&, const RecordKey&) = default;
};

// What a request carries beside its body, so that a simulated link need not parse it.
struct RequestElement {
  RecordKey key;
  std::uint64_t reference = 0;  // UsageRecord::reference: the caller's own name for the record
};

struct Request {
  std::string method;  // "POST"
  std::string target;  // "/api/pattern-traceability/lineage/track"
  std::string content_type = "application/json";
  std::string body;
  std::vector<RequestElement> elements;
  std::uint64_t batch = 0;    // id of the batch: stable over its retries
  std::uint32_t attempt = 0;  // 0 for the first
};

struct Response {
  int status = 0;
  std::string body;
  Duration retry_after{0};  // 0: the upstream did not say
};

struct SendResult {
  enum class Outcome : std::uint8_t { response, not_sent, unknown };
  Outcome outcome = Outcome::not_sent;
  Response response;
  Error error;  // for not_sent and unknown: why
};

using CancelFlag = std::atomic<bool>;

class Transport {
 public:
  virtual ~Transport() = default;
  virtual SendResult send(const Request& request, Time deadline, const CancelFlag& cancel) = 0;
};

}  // namespace holdfast
