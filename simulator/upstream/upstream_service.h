// The API of the mock upstream around its model: routes, bodies and answers, without a socket.
//
//   auto arrival = service.arrive({"POST", target, body, batch, attempt}, now);
//   ... wait until arrival.plan.at ...
//   HttpAnswer answer = service.complete(arrival, now);
//
//   POST /api/pattern-traceability/lineage/track   a JSON array of records; a word per element
//   GET  /health                                   {"status":"ok"}
//
// What is wrong with a request itself (400, 404, 405) is answered at once and reaches no rule.
// Programs that send no X-Batch header are told apart by the key of their first element, and their
// attempts are counted here, so that a retry is a new draw for them too. One thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "simulator/upstream/upstream_model.h"

namespace holdfast::upstream {

struct HttpQuestion {
  std::string_view method;
  std::string_view target;
  std::string_view body;
  std::string_view batch;    // the header X-Batch; empty: the client does not send it
  std::string_view attempt;  // the header X-Attempt
};

struct HttpAnswer {
  int status = 200;
  std::string body;
};

struct Arrival {
  Plan plan;
  std::vector<RequestElement> elements;
  HttpAnswer answer;  // for a plan that applies nothing, and for /health
  bool applies = false;
};

class UpstreamService {
 public:
  explicit UpstreamService(UpstreamModel& model) : model_(model) {}

  Arrival arrive(const HttpQuestion& question, Time now);
  HttpAnswer complete(const Arrival& arrival, Time now);

  UpstreamModel& model() { return model_; }

 private:
  Arrival track(const HttpQuestion& question, Time now);
  Arrival health(Time now);

  UpstreamModel& model_;
  std::unordered_map<std::uint64_t, std::uint32_t> attempts_;  // of clients without headers, by batch
  std::uint32_t health_checks_ = 0;
};

}  // namespace holdfast::upstream
