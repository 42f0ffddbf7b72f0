// One connection of the mock upstream: reads a request, lets the service plan it, waits, answers,
// and reads the next.
//
//        +--> reading --> waiting (plan.at) --> writing --+--> draining
//        +------------------------------------------------+       silent, hanging: reading on, never
//        answering
//
// Writing follows the plan: the body may trickle, and the connection may end before the answer does.
// A silent connection belongs to a request that never arrived, and stays until its client leaves.
//
// Draining: what a client still sends after a request we could not take is read past, since closing
// over unread bytes would reset the connection and could destroy our answer.
//
// A served request is applied at its time even if the client or the connection has gone meanwhile.
// Everything runs on the server's one thread. A connection keeps itself alive while an operation is
// pending, and tells the server through `closed` when it has ended.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "simulator/upstream/http/boost_http.h"
#include "simulator/upstream/upstream_service.h"

namespace holdfast::upstream {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using Closed = std::function<void(HttpConnection*)>;

  HttpConnection(tcp::socket socket, UpstreamService& service, std::size_t max_body_bytes, Closed closed);

  void start();
  // Ends the connection with a reset, so that the client learns of it at once.
  void reset();

  bool hanging() const { return state_ == State::hanging; }
  // Since when the connection waits for (the rest of) a request; kNever while it is at work.
  Time idle_since() const { return state_ == State::reading || state_ == State::draining ? since_ : kNever; }

 private:
  enum class State : std::uint8_t { reading, waiting, writing, draining, hanging, silent, closed };

  // A body on its way out.
  struct Flow {
    Time began{};
    Duration length{0};
    std::size_t sent = 0;
    std::size_t end = 0;
    std::size_t due(Time now, std::size_t size) const;
  };

  void read();
  void on_read(boost::system::error_code error);
  void arrive();
  void wait(Arrival arrival);
  void complete_when_due();
  void fall_silent();
  void drain();
  void ignore_input();
  void refuse_to_parse(boost::system::error_code error);
  void answer(HttpAnswer answer, bool keep_alive);
  void prepare(HttpAnswer answer, bool keep_alive);
  // Writes the head, then the first `end` bytes of the body piece by piece; the whole of it would take
  // `length`. Resets the connection if that is not all of it.
  void trickle(std::size_t end, Duration length);
  void flow_on();
  void flow_later(boost::system::error_code error);
  void on_written(boost::system::error_code error, bool keep_alive);
  void close();

  tcp::socket socket_;
  asio::steady_timer timer_;
  UpstreamService& service_;
  std::size_t max_body_bytes_;
  Closed closed_;
  State state_ = State::reading;
  Time since_;
  Arrival arrival_;  // what waits, is served once, and survives a reset
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;  // of its head, when it trickles
  Flow flow_;
  std::array<char, 512> ignored_;
};

}  // namespace holdfast::upstream
