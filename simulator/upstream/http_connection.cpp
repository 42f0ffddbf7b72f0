#include "simulator/upstream/http_connection.h"

#include <string_view>

#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::upstream {

namespace {

using ErrorCode = boost::system::error_code;

constexpr Duration kEarly = std::chrono::microseconds(60);

std::string_view view(boost::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, UpstreamService& service, std::size_t max_body_bytes,
                               Closed closed)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      service_(service),
      max_body_bytes_(max_body_bytes),
      closed_(std::move(closed)) {}

void HttpConnection::start() {
  ErrorCode ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  read();
}

void HttpConnection::reset() {
  ErrorCode ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

// The timer goes on: a request that has arrived is applied all the same.
void HttpConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  ErrorCode ignored;
  socket_.close(ignored);
  closed_(this);
}

void HttpConnection::read() {
  state_ = State::reading;
  since_ = steady_now();
  parser_.emplace();
  parser_->body_limit(max_body_bytes_);
  http::async_read(socket_, buffer_, *parser_,
                   [self = shared_from_this()](ErrorCode error, std::size_t) { self->on_read(error); });
}

void HttpConnection::on_read(ErrorCode error) {
  if (state_ == State::closed) return;
  if (error && error.category() == http::make_error_code(http::error::end_of_stream).category())
    return refuse_to_parse(error);
  if (error) return close();
  arrive();
}

// The client has sent what is no HTTP request that we take; what follows it cannot be told apart.
void HttpConnection::refuse_to_parse(ErrorCode error) {
  if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
  if (error == http::error::body_limit)
    return answer({413, error_answer("the body is larger than this server takes")}, false);
  answer({400, error_answer("this is not an HTTP/1.1 request: " + error.message())}, false);
}

void HttpConnection::arrive() {
  const auto& request = parser_->get();
  Arrival arrival = service_.arrive({.method = view(request.method_string()),
                                     .target = view(request.target()),
                                     .body = request.body(),
                                     .batch = view(request["X-Batch"]),
                                     .attempt = view(request["X-Attempt"])},
                                    steady_now());
  switch (arrival.plan.kind) {
    case Plan::Kind::refuse: return reset();
    case Plan::Kind::hang: state_ = State::hanging; return ignore_input();
    case Plan::Kind::error: return answer(std::move(arrival.answer), request.keep_alive());
    case Plan::Kind::serve: return wait(std::move(arrival));
  }
}

// A timer wakes this thread 30 to 100 us late, which would be a tenth of a short service time. So it
// is set early, and the thread looks at the clock in between its other work until the time has come.
void HttpConnection::wait(Arrival arrival) {
  state_ = State::waiting;
  arrival_ = std::move(arrival);
  if (arrival_.plan.at - kEarly <= steady_now()) return complete_when_due();
  timer_.expires_at(steady_point(arrival_.plan.at - kEarly));
  timer_.async_wait([self = shared_from_this()](ErrorCode error) {
    if (!error) self->complete_when_due();
  });
}

void HttpConnection::complete_when_due() {
  const Time now = steady_now();
  if (now < arrival_.plan.at) {
    asio::post(socket_.get_executor(), [self = shared_from_this()] { self->complete_when_due(); });
    return;
  }
  HttpAnswer answer = service_.complete(arrival_, now);
  if (state_ == State::waiting) this->answer(std::move(answer), parser_->get().keep_alive());
}

// Reads and throws away, to notice when the client gives up.
void HttpConnection::ignore_input() {
  socket_.async_read_some(asio::buffer(ignored_), [self = shared_from_this()](ErrorCode error, std::size_t) {
    if (self->state_ == State::closed) return;
    if (error) return self->close();
    self->ignore_input();
  });
}

void HttpConnection::drain() {
  state_ = State::draining;
  since_ = steady_now();
  ErrorCode ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
  ignore_input();
}

void HttpConnection::answer(HttpAnswer answer, bool keep_alive) {
  state_ = State::writing;
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(answer.status));
  response_.set(http::field::content_type, "application/json");
  response_.keep_alive(keep_alive);
  response_.body() = std::move(answer.body);
  response_.prepare_payload();
  http::async_write(socket_, response_,
                    [self = shared_from_this(), keep_alive](ErrorCode error, std::size_t) {
                      self->on_written(error, keep_alive);
                    });
}

void HttpConnection::on_written(ErrorCode error, bool keep_alive) {
  if (state_ == State::closed) return;
  if (error) return close();
  if (!keep_alive) return drain();
  read();
}

}  // namespace holdfast::upstream
