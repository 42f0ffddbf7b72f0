// The mock upstream as a real HTTP/1.1 server on loopback. It owns one thread, which reads, waits
// and answers for all connections and is the only one to touch the model.
//
//   auto server = HttpServer::start(model, {.port = 0});
//   subject.endpoint = (*server)->url();                     // http://127.0.0.1:41234
//   (*server)->arm(phase.upstream);                          // returns when it is active
//   (*server)->heal();
//   (*server)->inspect([&](const UpstreamModel& m) { requests = m.requests(); });
//
// `outage: refuse` closes the listening socket and resets every connection; healing opens the same
// port again, which stays reserved meanwhile. `outage: blackhole` lets packets that ask for a
// connection vanish, as a full queue of the kernel does; open connections stay and say nothing. A
// client whose connection is under way when it heals gets in with its next packet, after 1, 2, 4 ...
// seconds. A request that has arrived is applied at its time
// whatever becomes of its client; stop() drops those whose time has not come.
//
// arm, heal, inspect and stop belong to one thread, and none follows stop. The model must outlive
// the server, belongs to its thread until stop() has returned, and to the caller again after; its hooks
// (Applied, Sink) are called on the server's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "simulator/upstream/upstream_model.h"

namespace holdfast::upstream {

struct HttpServerOptions {
  std::uint16_t port = 0;                             // 0: any free one
  std::size_t max_body_bytes = std::size_t{8} << 20;  // larger requests are answered 413
  std::size_t max_connections = 1024;                 // more are closed at once
  Duration idle_timeout = std::chrono::seconds(60);   // a connection without a whole request is closed
  bool wakeful = false;  // hold WakefulProcessors: exact service times in measured runs
};

class HttpServer {
 public:
  // Fails when the port is taken.
  static Result<std::unique_ptr<HttpServer>> start(UpstreamModel& model, HttpServerOptions options = {});
  ~HttpServer();

  std::uint16_t port() const;
  std::string url() const;
  // Whether `wakeful` was asked for and granted.
  bool wakeful() const;

  // Replaces the armed rules and returns when they are active. Requests that hang are ended.
  void arm(std::vector<UpstreamRule> rules);
  void heal() { arm({}); }

  // Runs `look` on the server's thread and returns when it has.
  void inspect(const std::function<void(const UpstreamModel&)>& look);

  // Closes everything and ends the thread. Also done by the destructor.
  void stop();

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace holdfast::upstream
