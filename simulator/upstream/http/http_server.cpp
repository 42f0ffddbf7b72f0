#include "simulator/upstream/http/http_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>

#include <future>
#include <optional>
#include <thread>
#include <unordered_map>

#include "core/base/check.h"
#include "simulator/upstream/http/http_connection.h"
#include "simulator/upstream/http/wakeful_processors.h"

namespace holdfast::upstream {

namespace {

using ErrorCode = boost::system::error_code;

constexpr Duration kRetry = std::chrono::milliseconds(5);  // of opening the port, and of accepting
constexpr Duration kSweep = std::chrono::seconds(1);       // between looks for idle connections

// A child that inherited a listening socket would keep its port taken while it is to be closed.
void keep_from_children(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

}  // namespace

// Everything but start_thread(), call() and stop() runs on the thread.
class HttpServer::Impl {
 public:
  Impl(UpstreamModel& model, HttpServerOptions options) : service_(model), options_(options) {}

  // Reserves the port with a socket that never listens: while the listening one is closed, nobody
  // else is given the port.
  Status open() {
    if (options_.wakeful) awake_.emplace();
    ErrorCode error;
    reservation_.open(tcp::v4(), error);
    if (!error) keep_from_children(reservation_.native_handle());
    if (!error) reservation_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) reservation_.bind({asio::ip::address_v4::loopback(), options_.port}, error);
    if (!error) endpoint_ = reservation_.local_endpoint(error);
    if (!error) error = listen();
    if (!error) return {};
    return fail(error_of_errno(error.value(),
                               fmt::format("the mock upstream cannot listen on port {}", options_.port)));
  }

  void start_thread() {
    settle();
    sweep();
    thread_ = std::thread([this] {
      pthread_setname_np(pthread_self(), "mock-upstream");
      prctl(PR_SET_TIMERSLACK, 1UL);  // nanosecond; the default lets timers be 50 us late
      io_.run();
    });
  }

  // Runs `task` on the thread; returns when it has called `done`, which it may pass on.
  using Done = std::shared_ptr<std::promise<void>>;
  template <class Task>
  void call(Task task) {
    HOLDFAST_CHECK(thread_.joinable(), "a stopped server takes no calls");
    const auto done = std::make_shared<std::promise<void>>();
    asio::post(io_, [task, done] { task(done); });
    done->get_future().wait();
  }

  void stop() {
    if (!thread_.joinable()) return;
    io_.stop();
    thread_.join();
    awake_.reset();
    const auto connections = std::move(connections_);
    for (const auto& [raw, connection] : connections) connection->reset();
    ErrorCode ignored;
    acceptor_.close(ignored);
    plug_.close(ignored);
    reservation_.close(ignored);
  }

  void arm(std::vector<UpstreamRule> rules, Done done) {
    service_.model().arm(std::move(rules), steady_now());
    reset_connections([](const HttpConnection& connection) { return connection.hanging(); });
    waiting_.push_back(std::move(done));
    settle();
  }

  const UpstreamModel& model() { return service_.model(); }
  std::uint16_t port() const { return endpoint_.port(); }
  bool wakeful() const { return awake_ && awake_->held(); }

 private:
  // Makes the port agree with the model, now and at every edge of a window.
  void settle() {
    const Time now = steady_now();
    UpstreamModel& model = service_.model();
    if (const Port wanted = model.port(now); wanted != port_) {
      if (turn_into(wanted)) return settle_at(now + kRetry);
      port_ = wanted;
      // Clients that are kept out leave no trace here: the change itself counts as fired.
      if (wanted != Port::open) (void)model.arrive({}, 0, 0, now);
    }
    for (const auto& done : waiting_) done->set_value();
    waiting_.clear();
    settle_at(model.next_change(now));
  }

  void settle_at(Time when) {
    edge_.expires_at(steady_point(when));
    edge_.async_wait([this](ErrorCode error) {
      if (!error) settle();
    });
  }

  ErrorCode turn_into(Port wanted) {
    if (wanted == Port::unreachable) return make_unreachable();
    ErrorCode ignored;
    acceptor_.close(ignored);  // with those who still wait in its queue
    plug_.close(ignored);
    if (wanted == Port::open) return listen();
    reset_connections([](const HttpConnection&) { return true; });
    return {};
  }

  // The kernel lets packets that ask for a connection vanish while the queue of those not yet accepted
  // is full: so the queue is made as short as can be, and filled with a connection of our own.
  ErrorCode make_unreachable() {
    ErrorCode error;
    if (!acceptor_.is_open()) error = open_acceptor(0);
    if (error) return error;
    acceptor_.cancel(error);
    if (!error) acceptor_.listen(0, error);
    if (!error) plug_.open(tcp::v4(), error);
    if (error) return error;
    keep_from_children(plug_.native_handle());
    plug_.async_connect(endpoint_, [](ErrorCode) {});  // at once, unless a client filled the queue already
    return error;
  }

  ErrorCode listen() {
    const ErrorCode error = open_acceptor(asio::socket_base::max_listen_connections);
    if (!error) accept();
    return error;
  }

  ErrorCode open_acceptor(int queue) {
    ErrorCode error;
    acceptor_.open(tcp::v4(), error);
    if (!error) keep_from_children(acceptor_.native_handle());
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint_, error);
    if (!error) acceptor_.listen(queue, error);
    ErrorCode ignored;
    if (error) acceptor_.close(ignored);
    return error;
  }

  void accept() {
    acceptor_.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || port_ != Port::open) return;
      if (error) return accept_later();
      if (connections_.size() < options_.max_connections) serve(std::move(socket));
      accept();
    });
  }

  // Out of descriptors, say: trying again at once would only spin.
  void accept_later() {
    accept_pause_.expires_after(kRetry);
    accept_pause_.async_wait([this](ErrorCode error) {
      if (!error && port_ == Port::open) accept();
    });
  }

  void serve(tcp::socket socket) {
    const auto connection =
        std::make_shared<HttpConnection>(std::move(socket), service_, options_.max_body_bytes,
                                         [this](HttpConnection* closed) { connections_.erase(closed); });
    connections_.emplace(connection.get(), connection);
    connection->start();
  }

  template <class Predicate>
  void reset_connections(Predicate predicate) {
    std::vector<std::shared_ptr<HttpConnection>> chosen;
    for (const auto& [raw, connection] : connections_)
      if (predicate(*connection)) chosen.push_back(connection);
    for (const auto& connection : chosen) connection->reset();
  }

  void sweep() {
    sweep_.expires_after(kSweep);
    sweep_.async_wait([this](ErrorCode error) {
      if (error) return;
      const Time oldest = steady_now() - options_.idle_timeout;
      reset_connections([&](const HttpConnection& connection) { return connection.idle_since() < oldest; });
      sweep();
    });
  }

  asio::io_context io_{1};  // first, so that it outlives what uses it
  UpstreamService service_;
  HttpServerOptions options_;
  tcp::socket reservation_{io_};
  tcp::acceptor acceptor_{io_};
  tcp::socket plug_{io_};  // holds the place in the queue of an unreachable port
  Port port_ = Port::open;
  tcp::endpoint endpoint_;
  asio::steady_timer edge_{io_};
  asio::steady_timer accept_pause_{io_};
  asio::steady_timer sweep_{io_};
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections_;
  std::vector<Done> waiting_;  // callers of arm() whose rules are not active yet
  std::optional<WakefulProcessors> awake_;
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { stop(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(UpstreamModel& model, HttpServerOptions options) {
  auto impl = std::make_unique<Impl>(model, options);
  if (auto opened = impl->open(); !opened) return fail(opened.error());
  impl->start_thread();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const { return impl_->port(); }
std::string HttpServer::url() const { return fmt::format("http://127.0.0.1:{}", port()); }

bool HttpServer::wakeful() const { return impl_->wakeful(); }

void HttpServer::arm(std::vector<UpstreamRule> rules) {
  impl_->call([this, rules = std::move(rules)](Impl::Done done) { impl_->arm(rules, std::move(done)); });
}

void HttpServer::inspect(const std::function<void(const UpstreamModel&)>& look) {
  impl_->call([this, &look](const Impl::Done& done) {
    look(impl_->model());
    done->set_value();
  });
}

void HttpServer::stop() { impl_->stop(); }

}  // namespace holdfast::upstream
