// What the armed rules make of one request: decided before anything is done about it, and a function
// of the rules, the seed, the batch, the attempt and the time of arrival alone.
//
//   const Decision decision = decide(rules, now - armed_at, seed, {batch, attempt, elements.size()});
//   for (const auto& fired : decision.fired) ... fired.rule->name, fired.what ...
//
// Rules are met in order. The first that ends the request wins, and nothing else befalls it: outage,
// reset of the request, error. A request that none ends is served: latencies and slow answers add up,
// each `partial` takes its share of the elements, and the first that spoils the answer wins.
// Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "simulator/upstream/upstream_fault.h"

namespace holdfast::upstream {

// What is to be done about a request, at which time.
struct Plan {
  enum class Kind : std::uint8_t {
    refuse,  // as if nobody listened: answer at once with `not sent`
    vanish,  // never arrived: no answer, whatever heals
    hang,    // arrived, and no answer until the rules change
    reset,   // the connection is reset at once, nothing applied
    error,   // answer `status` at `at`, nothing applied
    serve,   // apply at `at`, and answer as below
  };
  enum class Answer : std::uint8_t {
    whole,
    lost,       // the connection closes at `at` without an answer
    cut,        // the connection is reset when half of the body is out
    truncated,  // half of the body, as if it were the whole
  };
  Kind kind = Kind::serve;
  int status = 200;
  Time at{};
  Duration trickle{0};  // how long the body takes to go out, from `at` on
  Answer answer = Answer::whole;
  std::vector<std::uint32_t> again{};  // places of the elements to be answered "retry", rising
};

struct RequestName {
  std::uint64_t batch = 0;
  std::uint32_t attempt = 0;
  std::size_t elements = 0;
  std::uint64_t number = 0;  // since arming; the first is 1
};

struct Decision {
  struct Fired {
    const UpstreamRule* rule;
    std::string what;  // "delay 49ms"
  };
  Plan plan;            // without its times of service
  Duration latency{0};  // to be added to the service time
  std::vector<Fired> fired{};
};

bool in_window(const UpstreamRule& rule, Duration since_arming);

Decision decide(std::span<const UpstreamRule> rules, Duration since_arming, std::uint64_t seed,
                const RequestName& request);

// For a rule of an outage that befalls whoever comes: nothing is drawn.
Decision decide_outage(const UpstreamRule& rule);

}  // namespace holdfast::upstream
