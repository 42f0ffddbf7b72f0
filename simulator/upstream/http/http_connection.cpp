#include "simulator/upstream/http/http_connection.h"

#include <algorithm>
#include <string_view>

#include "simulator/upstream/lineage_body_json.h"

namespace holdfast::upstream {

namespace {

using ErrorCode = boost::system::error_code;

constexpr Duration kEarly = std::chrono::microseconds(60);
constexpr Duration kPiece = std::chrono::milliseconds(5);  // between the pieces of a body that trickles

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
    case Plan::Kind::refuse:
    case Plan::Kind::reset: return reset();
    case Plan::Kind::vanish: return fall_silent();
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
  if (state_ != State::waiting) return;
  if (service_.model().port(now) == Port::unreachable) return fall_silent();
  const Plan& plan = arrival_.plan;
  if (plan.answer == Plan::Answer::lost) return close();
  const bool cut = plan.answer == Plan::Answer::cut;
  if (!cut && plan.trickle == Duration::zero())
    return this->answer(std::move(answer), parser_->get().keep_alive());
  prepare(std::move(answer), parser_->get().keep_alive());
  trickle(cut ? response_.body().size() / 2 : response_.body().size(), plan.trickle);
}

void HttpConnection::fall_silent() {
  state_ = State::silent;
  ignore_input();
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

void HttpConnection::prepare(HttpAnswer answer, bool keep_alive) {
  state_ = State::writing;
  response_ = {};
  response_.version(11);
  response_.result(static_cast<unsigned>(answer.status));
  response_.set(http::field::content_type, "application/json");
  response_.keep_alive(keep_alive);
  response_.body() = std::move(answer.body);
  response_.prepare_payload();
}

void HttpConnection::answer(HttpAnswer answer, bool keep_alive) {
  prepare(std::move(answer), keep_alive);
  http::async_write(socket_, response_,
                    [self = shared_from_this(), keep_alive](ErrorCode error, std::size_t) {
                      self->on_written(error, keep_alive);
                    });
}

void HttpConnection::trickle(std::size_t end, Duration length) {
  flow_ = {.began = steady_now(), .length = length, .sent = 0, .end = end};
  serializer_.emplace(response_);
  http::async_write_header(socket_, *serializer_, [self = shared_from_this()](ErrorCode error, std::size_t) {
    self->flow_later(error);
  });
}

// Writes what is due by now of a steady flow; a late timer is made up for by a larger piece.
void HttpConnection::flow_on() {
  const std::string& body = response_.body();
  if (flow_.sent >= flow_.end)
    return flow_.end < body.size() ? reset() : on_written({}, response_.keep_alive());
  const std::size_t due = std::min(flow_.end, flow_.due(steady_now(), body.size()));
  const auto piece = asio::buffer(body.data() + flow_.sent, std::max(due, flow_.sent) - flow_.sent);
  flow_.sent += piece.size();
  asio::async_write(socket_, piece,
                    [self = shared_from_this()](ErrorCode error, std::size_t) { self->flow_later(error); });
}

void HttpConnection::flow_later(ErrorCode error) {
  if (state_ == State::closed) return;
  if (error) return close();
  timer_.expires_after(kPiece);
  timer_.async_wait([self = shared_from_this()](ErrorCode stopped) {
    if (!stopped && self->state_ == State::writing) self->flow_on();
  });
}

std::size_t HttpConnection::Flow::due(Time now, std::size_t size) const {
  if (now - began >= length) return size;
  return size * static_cast<std::size_t>((now - began).count()) / static_cast<std::size_t>(length.count());
}

void HttpConnection::on_written(ErrorCode error, bool keep_alive) {
  if (state_ == State::closed) return;
  if (error) return close();
  if (!keep_alive) return drain();
  read();
}

}  // namespace holdfast::upstream
