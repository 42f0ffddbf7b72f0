#include "faultfs/control/server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "faultfs/control/client.h"

namespace holdfast::faultfs {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Makes room for our socket: only a socket that nobody answers may go.
Status clear_the_place(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Status{} : fail(error_of_errno(errno, "look at " + path));
  }
  if (!S_ISSOCK(status.st_mode)) {
    return fail(Code::exists, path +
                                  " exists and is no socket (links are not followed); remove it or choose "
                                  "another place with --socket");
  }
  const auto living = ControlClient::connect(path);
  if (living || living.error().os_error != ECONNREFUSED) {
    return fail(Code::busy, "another faultfs answers at " + path + "; unmount it first");
  }
  if (::unlink(path.c_str()) != 0) return fail(error_of_errno(errno, "remove the stale socket " + path));
  return {};
}

Status bind_privately(int descriptor, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(Code::invalid, "the path of the control socket is too long: " + path);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const mode_t old = ::umask(0177);  // so the socket never has another mode than 0600
  const int bound = ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = errno;
  ::umask(old);
  if (bound != 0) return fail(error_of_errno(error, "bind the control socket " + path));
  if (::listen(descriptor, 8) != 0) return fail(error_of_errno(errno, "listen on " + path));
  return {};
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::listen(const std::string& path,
                                                             ControlHandler& handler) {
  if (auto cleared = clear_the_place(path); !cleared) return fail(cleared.error());
  const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return fail(error_of_errno(errno, "make the control socket"));
  if (auto bound = bind_privately(listener, path); !bound) {
    ::close(listener);
    return fail(bound.error());
  }
  int wake[2];
  if (::pipe2(wake, O_CLOEXEC) != 0) {
    const int error = errno;
    ::close(listener);
    ::unlink(path.c_str());
    return fail(error_of_errno(error, "make a pipe"));
  }
  return std::unique_ptr<ControlServer>(new ControlServer(path, listener, wake[0], wake[1], handler));
}

ControlServer::~ControlServer() {
  ::close(wake_write_);
  if (thread_.joinable()) thread_.join();
  ::close(wake_read_);
  ::unlink(path_.c_str());
  ::close(listener_);
}

void ControlServer::start() {
  thread_ = std::thread([this] { run(); });
}

void ControlServer::run() {
  for (;;) {
    std::vector<pollfd> waiting{{wake_read_, POLLIN, 0}, {listener_, POLLIN, 0}};
    auto deadline = LineSocket::Deadline::max();
    for (const auto& client : clients_) {
      waiting.push_back({client.socket.descriptor(), POLLIN, 0});
      deadline = std::min(deadline, client.line_deadline);
    }
    int timeout_ms = -1;
    if (deadline != LineSocket::Deadline::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
      timeout_ms = static_cast<int>(std::max<long>(left.count(), 0));
    }
    ::poll(waiting.data(), waiting.size(), timeout_ms);
    if (waiting[0].revents != 0) return;

    std::vector<Client> kept;
    const auto now = SteadyClock::now();
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      const bool spoke = waiting[i + 2].revents != 0;
      const bool stays = spoke ? serve(clients_[i]) : clients_[i].line_deadline > now;
      if (stays) kept.push_back(std::move(clients_[i]));
    }
    clients_ = std::move(kept);
    if (waiting[1].revents != 0) accept_client();
  }
}

void ControlServer::accept_client() {
  const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) return;
  Client client{LineSocket(descriptor)};
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known = ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  if (!known || (peer.uid != ::geteuid() && peer.uid != 0)) return;
  if (clients_.size() < kMostClients) clients_.push_back(std::move(client));
}

// False when the client is to be dropped.
bool ControlServer::serve(Client& client) {
  const auto received = client.socket.receive_some(kLongestRequest);
  if (!received) {
    if (received.error().code == Code::invalid) {
      (void)client.socket.send_line(print_failure(received.error()), SteadyClock::now());
    }
    return false;
  }
  std::string line;
  while (client.socket.take_line(line)) {
    if (!answer(client, line)) return false;
  }
  if (!client.socket.has_partial_line()) {
    client.line_deadline = LineSocket::Deadline::max();
  } else if (client.line_deadline == LineSocket::Deadline::max()) {
    client.line_deadline = SteadyClock::now() + kLineTime;
  }
  return true;
}

Status ControlServer::answer(Client& client, const std::string& line) {
  auto request = parse_request(line);
  std::string text = print_done();
  if (!request) {
    text = print_failure(request.error());
  } else if (request->verb == Verb::load) {
    text = print_done(handler_.arm(std::move(request->plan)));
  } else if (request->verb == Verb::clear) {
    (void)handler_.arm({});
  } else if (request->verb == Verb::restore) {
    text = print_restored(handler_.restore());
  } else if (request->verb == Verb::power_cut) {
    const auto report = handler_.cut_power(request->cut);
    text = report ? print_power_cut_answer(*report) : print_failure(report.error());
  } else if (request->verb == Verb::unsynced) {
    const auto report = handler_.unsynced();
    text = report ? print_unsynced_answer(*report) : print_failure(report.error());
  } else if (request->verb == Verb::promised) {
    const auto promise = handler_.promised();
    text = promise ? print_promise_answer(*promise) : print_failure(promise.error());
    if (text.size() > kLongestAnswer)
      text = print_failure({Code::unsupported, "so much was promised that it does not fit into an answer"});
  } else if (request->verb == Verb::status) {
    text = print_status_answer(handler_.status());
  } else if (request->verb == Verb::coverage) {
    text = print_coverage_answer(handler_.coverage());
  } else if (request->verb == Verb::trace) {
    text = print_trace_answer(handler_.trace(request->when));
  } else if (request->verb == Verb::log) {
    text = print_log_answer(handler_.status().fault_log, handler_.log_lines());
  }
  auto sent = client.socket.send_line(text, SteadyClock::now() + std::chrono::seconds(2));
  if (request && request->verb == Verb::stop) handler_.stop();
  return sent;
}

}  // namespace holdfast::faultfs
