// A mock upstream on loopback and a client of it, over real HTTP.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/delivery/codecs/lineage.h"
#include "core/host/curl_transport.h"
#include "simulator/upstream/http/http_server.h"

namespace holdfast::upstream {

using namespace std::chrono_literals;
using delivery::ElementResult;
using SendOutcome = SendResult::Outcome;

inline Time now() { return Time(std::chrono::steady_clock::now().time_since_epoch()); }

class HttpFixture : public testing::Test {
 protected:
  void start(UpstreamSettings settings = {0ms, 64}, HttpServerOptions options = {}) {
    server_.reset();
    model_ = std::make_unique<UpstreamModel>(
        settings, 1, [this](Time, const RequestElement&, bool) { ++applied_; },
        [this](const UpstreamEvent& event) { last_event_ = event; });
    auto server = HttpServer::start(*model_, options);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    transport_ = std::make_unique<host::CurlTransport>(server_->url());
  }

  static Request batch(std::uint64_t id, std::uint32_t attempt = 0, std::size_t records = 2) {
    std::vector<delivery::DeliveryRecord> list;
    for (std::size_t i = 0; i < records; ++i)
      list.push_back({{1, id * 1000 + i}, {.reference = i, .model = "m", .provider = "p", .operation = "o"}});
    return delivery::LineageCodec().encode(list, id, attempt);
  }
  static Request raw(std::string method, std::string target, std::string body = {}) {
    return {
        .method = std::move(method), .target = std::move(target), .body = std::move(body), .elements = {}};
  }

  SendResult send(const Request& request, Duration timeout = 10s) {
    const CancelFlag never = false;
    return transport_->send(request, now() + timeout, never);
  }
  std::uint64_t requests() {
    std::uint64_t count = 0;
    server_->inspect([&](const UpstreamModel& model) { count = model.requests(); });
    return count;
  }
  static UpstreamRule outage(Outage kind, Duration from = {}, Duration to = Duration::max()) {
    return {"away", from, to, {.outage = kind}};
  }

  std::atomic<int> applied_ = 0;
  UpstreamEvent last_event_;  // read only after a call into the server
  std::unique_ptr<UpstreamModel> model_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<host::CurlTransport> transport_;
};

}  // namespace holdfast::upstream
