#include "core/host/curl_transport.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <thread>

namespace holdfast::host {
namespace {

using namespace std::chrono_literals;
using SendOutcome = SendResult::Outcome;

Time now() { return Time(std::chrono::steady_clock::now().time_since_epoch()); }

int listen_on_loopback() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(fd, 64), 0);
  return fd;
}

std::string endpoint_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

// A peer that says exactly what a test wants. For each request it has read whole, `reply` gives the
// bytes to send; empty closes the connection, and kSilence leaves the request without an answer.
class Peer {
 public:
  using Reply = std::function<std::string(std::size_t request)>;
  static constexpr const char* kSilence = "\1";

  explicit Peer(Reply reply) : reply_(std::move(reply)), listener_(listen_on_loopback()) {
    accepting_ = std::thread([this] { accept(); });
  }
  ~Peer() {
    ::shutdown(listener_, SHUT_RDWR);
    accepting_.join();
    {
      std::lock_guard lock(mutex_);
      for (const int fd : connections_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : serving_) thread.join();
    for (const int fd : connections_) ::close(fd);
    ::close(listener_);
  }

  std::string url() const { return endpoint_of(listener_); }
  std::vector<std::string> requests() {
    std::lock_guard lock(mutex_);
    return requests_;
  }
  std::size_t connections() {
    std::lock_guard lock(mutex_);
    return connections_.size();
  }
  void wait_for_close() {
    while (closed_ == 0) std::this_thread::sleep_for(1ms);
  }
  void wait_for_request() {
    while (requests().empty()) std::this_thread::sleep_for(1ms);
  }

 private:
  void accept() {
    for (int fd = ::accept(listener_, nullptr, nullptr); fd >= 0;
         fd = ::accept(listener_, nullptr, nullptr)) {
      std::lock_guard lock(mutex_);
      connections_.push_back(fd);
      serving_.emplace_back([this, fd] { serve(fd); });
    }
  }

  void serve(int fd) {
    for (std::string request = read_request(fd); !request.empty(); request = read_request(fd)) {
      const std::string answer = reply_(note(std::move(request)));
      if (answer == kSilence) continue;
      if (answer.empty()) break;
      const bool last = answer.find("Connection: drop") != std::string::npos;
      if (::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0 || last) break;
    }
    ::shutdown(fd, SHUT_RDWR);
    ++closed_;
  }

  std::size_t note(std::string request) {
    std::lock_guard lock(mutex_);
    requests_.push_back(std::move(request));
    return requests_.size() - 1;
  }

  // Up to and with the body that Content-Length announces; empty at the end of the connection.
  static std::string read_request(int fd) {
    std::string text;
    char chunk[4096];
    while (true) {
      const auto head = text.find("\r\n\r\n");
      if (head != std::string::npos && text.size() >= head + 4 + content_length(text)) return text;
      const auto size = ::recv(fd, chunk, sizeof chunk, 0);
      if (size <= 0) return {};
      text.append(chunk, static_cast<std::size_t>(size));
    }
  }
  static std::size_t content_length(const std::string& text) {
    const auto at = text.find("Content-Length: ");
    return at == std::string::npos ? 0 : std::strtoul(text.c_str() + at + 16, nullptr, 10);
  }

  Reply reply_;
  int listener_;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::vector<int> connections_;
  std::vector<std::thread> serving_;
  std::atomic<int> closed_ = 0;
  std::thread accepting_;
};

std::string answer(const std::string& body, const std::string& headers = "",
                   const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body;
}

Peer::Reply always(std::string text) {
  return [text = std::move(text)](std::size_t) { return text; };
}

Request post(std::string body = "[1]") {
  return {.method = "POST",
          .target = "/track",
          .body = std::move(body),
          .elements = {},
          .batch = 7,
          .attempt = 2};
}

SendResult send(CurlTransport& transport, const Request& request = post(), Duration timeout = 10s) {
  const CancelFlag never = false;
  return transport.send(request, now() + timeout, never);
}

TEST(CurlTransport, SendsMethodTargetHeadersAndBodyAndReturnsTheAnswer) {
  Peer peer(always(answer("hello", "", "201 Created")));
  CurlTransport transport(peer.url() + "/");
  const SendResult result = send(transport, post("[\"body\"]"));

  ASSERT_EQ(result.outcome, SendOutcome::response) << result.error.message;
  EXPECT_EQ(result.response.status, 201);
  EXPECT_EQ(result.response.body, "hello");
  EXPECT_EQ(result.response.retry_after, 0s);
  const std::string sent = peer.requests().at(0);
  EXPECT_TRUE(sent.starts_with("POST /track HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("\r\nContent-Type: application/json\r\n"), std::string::npos);
  EXPECT_NE(sent.find("\r\nX-Batch: 7\r\n"), std::string::npos);
  EXPECT_NE(sent.find("\r\nX-Attempt: 2\r\n"), std::string::npos);
  EXPECT_EQ(sent.find("Expect:"), std::string::npos);
  EXPECT_TRUE(sent.ends_with("\r\n\r\n[\"body\"]"));
}

TEST(CurlTransport, SendsAGetAfterAPostOnTheSameConnection) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  EXPECT_EQ(
      send(transport, {.method = "GET", .target = "/health", .content_type = "", .body = {}, .elements = {}})
          .outcome,
      SendOutcome::response);
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  EXPECT_TRUE(peer.requests().at(1).starts_with("GET /health HTTP/1.1\r\n"));
  EXPECT_EQ(peer.requests().at(1).find("Content-"), std::string::npos);
  EXPECT_TRUE(peer.requests().at(2).starts_with("POST /track HTTP/1.1\r\n"));
  EXPECT_EQ(peer.connections(), 1U);
}

TEST(CurlTransport, SendsALargeBodyWithoutWaitingForLeave) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  const std::string body(3 << 20, 'x');
  EXPECT_EQ(send(transport, post(body)).outcome, SendOutcome::response);
  EXPECT_TRUE(peer.requests().at(0).ends_with(body));
}

TEST(CurlTransport, NobodyListeningIsNotSent) {
  const int fd = listen_on_loopback();
  const std::string url = endpoint_of(fd);
  ::close(fd);
  CurlTransport transport(url);
  const SendResult result = send(transport);
  EXPECT_EQ(result.outcome, SendOutcome::not_sent);
  EXPECT_EQ(result.error.code, Code::unavailable);
  EXPECT_FALSE(result.error.message.empty());
}

TEST(CurlTransport, AnEndpointThatIsNoHttpUrlIsNotSent) {
  for (const std::string endpoint : {"", "::", "ftp://127.0.0.1", "http://", "file:///etc/passwd"}) {
    CurlTransport transport(endpoint);
    EXPECT_EQ(send(transport).outcome, SendOutcome::not_sent) << endpoint;
  }
}

TEST(CurlTransport, AConnectionClosedAfterTheRequestIsUnknown) {
  Peer peer(always(""));
  CurlTransport transport(peer.url());
  const SendResult result = send(transport);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::unavailable);
}

TEST(CurlTransport, NeverSendsARequestTwiceOnItsOwn) {
  Peer peer([](std::size_t request) { return request == 1 ? "" : answer("ok"); });
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  EXPECT_EQ(send(transport).outcome, SendOutcome::unknown) << "closed on a reused connection";
  EXPECT_EQ(peer.requests().size(), 2U);
  EXPECT_EQ(send(transport).outcome, SendOutcome::response) << "the next send starts anew";
}

TEST(CurlTransport, ConnectsAgainWhenThePeerClosedAnIdleConnection) {
  Peer peer(always(answer("ok", "X: Connection: drop\r\n")));
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  peer.wait_for_close();
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  EXPECT_EQ(peer.connections(), 2U);
}

TEST(CurlTransport, AnAnswerCutShortIsUnknown) {
  Peer peer(always("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX: Connection: drop\r\n\r\nshort"));
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).outcome, SendOutcome::unknown);
}

TEST(CurlTransport, AnAnswerThatIsNoHttpIsUnknownAndCorrupted) {
  Peer peer(always("SSH-2.0-nobody Connection: drop\r\n"));
  CurlTransport transport(peer.url());
  const SendResult result = send(transport);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::corrupted);
}

TEST(CurlTransport, BoundsTheLengthOfAnAnswer) {
  Peer peer(always(answer(std::string(1000, 'x'))));
  CurlTransport roomy(peer.url(), {.max_response_bytes = 1000});
  EXPECT_EQ(send(roomy).response.body.size(), 1000U);
  CurlTransport tight(peer.url(), {.max_response_bytes = 999});
  const SendResult result = send(tight);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::corrupted);
}

TEST(CurlTransport, ARequestWithoutAnswerIsUnknownAtItsDeadline) {
  Peer peer(always(Peer::kSilence));
  CurlTransport transport(peer.url());
  const Time deadline = now() + 80ms;
  const CancelFlag never = false;
  const SendResult result = transport.send(post(), deadline, never);
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_GE(now(), deadline - 1ms);
}

TEST(CurlTransport, ADeadlineInThePastSendsNothing) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  const SendResult result = send(transport, post(), -1ns);
  EXPECT_EQ(result.outcome, SendOutcome::not_sent);
  EXPECT_EQ(result.error.code, Code::timeout);
  EXPECT_EQ(peer.connections(), 0U);
}

TEST(CurlTransport, TakesADeadlineThatNeverComes) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  const CancelFlag never = false;
  EXPECT_EQ(transport.send(post(), kNever, never).outcome, SendOutcome::response);
}

TEST(CurlTransport, ACancelBeforeSendingIsNotSent) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  const CancelFlag cancelled = true;
  const SendResult result = transport.send(post(), now() + 10s, cancelled);
  EXPECT_EQ(result.outcome, SendOutcome::not_sent);
  EXPECT_EQ(result.error.code, Code::cancelled);
  EXPECT_EQ(peer.connections(), 0U);
}

TEST(CurlTransport, ACancelAfterSendingEndsTheWaitAndIsUnknown) {
  Peer peer(always(Peer::kSilence));
  CurlTransport transport(peer.url());
  CancelFlag cancel = false;
  std::thread canceller([&] {
    peer.wait_for_request();
    cancel = true;
  });
  const SendResult result = transport.send(post(), kNever, cancel);
  canceller.join();
  EXPECT_EQ(result.outcome, SendOutcome::unknown);
  EXPECT_EQ(result.error.code, Code::cancelled);
}

TEST(CurlTransport, UsesAChannelAgainAfterACancel) {
  Peer peer([](std::size_t request) { return request == 0 ? Peer::kSilence : answer("ok"); });
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport, post(), 80ms).outcome, SendOutcome::unknown);
  EXPECT_EQ(send(transport).response.body, "ok");
}

TEST(CurlTransport, ReadsRetryAfterAndCapsItAtADay) {
  const auto retry_after = [](const std::string& header) {
    Peer peer(always(answer("", header, "503 Service Unavailable")));
    CurlTransport transport(peer.url());
    const SendResult result = send(transport);
    EXPECT_EQ(result.response.status, 503);
    return result.response.retry_after;
  };
  EXPECT_EQ(retry_after("Retry-After: 120\r\n"), 120s);
  EXPECT_EQ(retry_after("Retry-After: 999999999999\r\n"), 24h);
  EXPECT_EQ(retry_after("Retry-After: -5\r\n"), 0s);
  EXPECT_EQ(retry_after("Retry-After: soon\r\n"), 0s);
  EXPECT_EQ(retry_after(""), 0s);
}

TEST(CurlTransport, FollowsNoRedirect) {
  Peer peer(always(answer("", "Location: /elsewhere\r\n", "302 Found")));
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).response.status, 302);
  EXPECT_EQ(peer.requests().size(), 1U);
}

TEST(CurlTransport, ObeysNoProxyOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url());
  EXPECT_EQ(send(transport).outcome, SendOutcome::response);
  ::unsetenv("http_proxy");
}

TEST(CurlTransport, ServesManyThreadsAndKeepsABoundedPool) {
  Peer peer(always(answer("ok")));
  CurlTransport transport(peer.url(), {.max_idle_connections = 2});
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 30; ++i) answered += send(transport).outcome == SendOutcome::response;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 180);
  EXPECT_EQ(peer.requests().size(), 180U);
}

}  // namespace
}  // namespace holdfast::host
