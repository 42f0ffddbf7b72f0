// The control socket of a daemon.
//
//   auto server = ControlServer::listen(path, handler);     // refuses links and living sockets
//   (*server)->start();                                      // its own thread from here on
//
// The socket has mode 0600 and is removed at the end. Clients are few, their lines bounded, and a
// client that stops in mid-line or does not read its answer is dropped. listen() must be called
// before other threads exist (it narrows the umask for a moment). The handler is called from the
// server's thread only.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "faultfs/control/line_socket.h"
#include "faultfs/control/protocol_json.h"

namespace holdfast::faultfs {

class ControlHandler {
 public:
  virtual ~ControlHandler() = default;
  // Active when it returns. An empty plan heals. What the rules cannot reach, as a sentence, or nothing.
  virtual std::string arm(FaultPlan plan) = 0;
  virtual MountStatus status() = 0;
  // Undoes damage; how many places.
  virtual std::uint64_t restore() = 0;
  // Takes what is not durable; what is not durable now.
  virtual Result<PowerCutReport> cut_power(const PowerCutRequest& cut) = 0;
  virtual Result<UnsyncedReport> unsynced() = 0;
  // What was promised to be durable.
  virtual Result<Promise> promised() = 0;
  virtual std::vector<std::string> log_lines() = 0;
  virtual CoverageReport coverage() = 0;
  // Since it was asked last, and from now on of those requests; the first time it begins.
  virtual TraceLines trace(const Trigger& when) = 0;
  // Begins the end; called after the answer was sent.
  virtual void stop() = 0;
};

class ControlServer {
 public:
  static constexpr std::size_t kMostClients = 16;
  static constexpr auto kLineTime = std::chrono::seconds(5);

  static Result<std::unique_ptr<ControlServer>> listen(const std::string& path, ControlHandler& handler);
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  void start();
  const std::string& path() const { return path_; }

 private:
  struct Client {
    LineSocket socket;
    LineSocket::Deadline line_deadline = LineSocket::Deadline::max();
  };

  ControlServer(std::string path, int listener, int wake_read, int wake_write, ControlHandler& handler)
      : path_(std::move(path)),
        listener_(listener),
        wake_read_(wake_read),
        wake_write_(wake_write),
        handler_(handler) {}

  std::string path_;
  int listener_;
  int wake_read_;
  int wake_write_;
  ControlHandler& handler_;
  std::vector<Client> clients_;
  std::thread thread_;

  void run();
  void accept_client();
  bool serve(Client& client);
  Status answer(Client& client, const std::string& line);
};

}  // namespace holdfast::faultfs
