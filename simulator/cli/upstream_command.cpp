#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <limits>
#include <thread>

#include "core/base/units.h"
#include "simulator/cli/arguments.h"
#include "simulator/cli/commands.h"
#include "simulator/cli/interruption.h"
#include "simulator/scenario/upstream_rules_json.h"
#include "simulator/upstream/http/http_server.h"

namespace holdfast::cli {

namespace {

struct Mock {
  upstream::UpstreamSettings settings;
  std::vector<upstream::UpstreamRule> rules;
  std::uint64_t seed;
  std::uint16_t port;
};

ExitCode serve(const Mock& mock) {
  upstream::UpstreamModel model(mock.settings, mock.seed);
  auto server = upstream::HttpServer::start(model, {.port = mock.port});
  if (!server) {
    std::cerr << "holdfast upstream: " << server.error().message << "\n";
    return kCannotRunHere;
  }
  (*server)->arm(mock.rules);
  fmt::print("{}\n", (*server)->url());
  std::fflush(stdout);
  while (!interrupted().load()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  (*server)->stop();
  fmt::print("{} requests, {} distinct keys\n", model.requests(), model.known_keys());
  for (const auto& rule : mock.rules) fmt::print("{}: fired {} times\n", rule.name, model.fired(rule.name));
  return kDone;
}

}  // namespace

ExitCode upstream_command(const Words& words) {
  Arguments arguments(
      "upstream", {}, "Serves the mock upstream on loopback until interrupted, then says what it got.",
      {"holdfast upstream --port 8053", "holdfast upstream --latency 50ms --concurrency 4",
       "holdfast upstream --faults faults.json   # [ {\"name\": \"drops\", \"when\": {\"probability\": "
       "0.1}, \"effect\": {\"reset\": \"answer\"}} ]"});
  arguments.add()("port", text_value("N"), "default: any free one, printed")(
      "latency", text_value("DURATION"), "service time of a request (default 1ms)")(
      "concurrency", text_value("N"), "requests served at once (default 64)")(
      "faults", text_value("FILE"),
      "rules as in a scenario's phase, armed from the start: outage (refuse, error, hang, blackhole), "
      "latency, slow, error_rate, reset, partial, answer; docs/fault-model.md")(
      "seed", text_value("N"), "of the rules' probabilities (default 1)");
  if (auto ended = arguments.parse(words)) return *ended;
  upstream::UpstreamSettings settings;
  if (arguments.has("latency")) {
    auto latency = parse_duration(arguments.text("latency"));
    if (!latency) return arguments.mistake("--latency: " + latency.error().message);
    settings.latency = *latency;
  }
  std::vector<upstream::UpstreamRule> rules;
  if (arguments.has("faults")) {
    auto loaded = scenario::load_upstream_rules(arguments.text("faults"));
    if (!loaded) return arguments.mistake("--faults: " + loaded.error().message);
    rules = std::move(*loaded);
  }
  const auto port = arguments.number("port", 0, {0, 65535});
  const auto concurrency = arguments.number("concurrency", settings.concurrency, {1, 65536});
  const auto seed = arguments.number("seed", 1, {0, std::numeric_limits<std::uint64_t>::max()});
  for (const auto* number : {&port, &concurrency, &seed})
    if (!*number) return arguments.mistake(number->error().message);
  settings.concurrency = static_cast<std::uint32_t>(*concurrency);

  return serve({.settings = settings,
                .rules = std::move(rules),
                .seed = *seed,
                .port = static_cast<std::uint16_t>(*port)});
}

}  // namespace holdfast::cli
