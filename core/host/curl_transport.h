// The Transport over HTTP/1.1 with libcurl. Connections are kept alive in a small pool: each send
// takes one for itself, so sends from several threads never wait for each other.
//
//   host::CurlTransport transport("http://127.0.0.1:8053");
//   SendResult result = transport.send(request, clock.now() + 5s, cancel);
//
// Nothing sent, nothing applied: a failure before the first byte of the request is `not_sent`, any
// later one `unknown`. A request goes out once: libcurl's own second try on a connection that the
// server had closed meanwhile is suppressed. No redirects, no proxies, no environment variables.
//
// Safe from any thread; `cancel` takes effect within about 50 ms. Deadlines are CLOCK_MONOTONIC. A name
// that is not resolved by then is left to libcurl's resolver thread, which ends by itself. An
// endpoint that is no URL makes every send answer `not_sent`. No send may be running when the
// transport is destroyed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/base/mutex.h"
#include "core/env/transport.h"

namespace holdfast::host {

struct CurlOptions {
  std::size_t max_idle_connections = 16;                  // kept open between sends
  std::size_t max_response_bytes = std::size_t{1} << 20;  // a longer body makes the outcome unknown
};

class CurlTransport : public Transport {
 public:
  explicit CurlTransport(std::string endpoint, CurlOptions options = {});
  ~CurlTransport() override;

  SendResult send(const Request& request, Time deadline, const CancelFlag& cancel) override;

 private:
  class Channel;  // one connection and the handles that drive it

  std::unique_ptr<Channel> take();
  void give_back(std::unique_ptr<Channel> channel);

  std::string endpoint_;
  CurlOptions options_;
  base::Mutex mutex_;  // guards the rest; never held during a transfer
  std::vector<std::unique_ptr<Channel>> idle_;
  std::size_t in_flight_ = 0;
};

}  // namespace holdfast::host
