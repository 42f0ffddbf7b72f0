#include "core/host/curl_transport.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "core/base/check.h"

namespace holdfast::host {

namespace {

constexpr int kCancelPollMs = 40;
constexpr std::chrono::milliseconds kLongestTimeout = std::chrono::hours(24);
constexpr curl_off_t kLongestRetryAfter = 24 * 3600;  // seconds

bool is_https(const std::string& endpoint) { return endpoint.starts_with("https://"); }

Time steady_now() { return Time(std::chrono::steady_clock::now().time_since_epoch()); }

// Whole milliseconds until `deadline`, rounded up, at least one.
long timeout_ms(Time deadline, Time now) {
  if (deadline - now >= kLongestTimeout) return kLongestTimeout.count();
  return std::max<long>(1, std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count());
}

Code code_of(CURLcode result) {
  switch (result) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return Code::invalid;
    case CURLE_OPERATION_TIMEDOUT: return Code::timeout;
    case CURLE_WRITE_ERROR:
    case CURLE_WEIRD_SERVER_REPLY: return Code::corrupted;
    default: return Code::unavailable;
  }
}

void initialise_library() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  HOLDFAST_CHECK(result == CURLE_OK, "libcurl initialises");
}

// Keeps SIGPIPE away from the program: libcurl's own sends ask for none, its TLS library's do not.
class SigpipeBlock {
 public:
  SigpipeBlock() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  SigpipeBlock(const SigpipeBlock&) = delete;
  SigpipeBlock& operator=(const SigpipeBlock&) = delete;
  ~SigpipeBlock() {
    const timespec at_once{};
    if (!was_pending_) sigtimedwait(&pipe_, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
  bool was_pending_;
};

struct HeaderList {
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list); }

  void add(const std::string& line) {
    auto* longer = curl_slist_append(list, line.c_str());
    HOLDFAST_CHECK(longer != nullptr, "there is memory for a header line");
    list = longer;
  }

  curl_slist* list = nullptr;
};

}  // namespace

// An easy handle driven by a multi handle of its own: unlike curl_easy_perform, which looks at its
// callbacks once a second while nothing happens, this loop sees `cancel` in time.
class CurlTransport::Channel {
 public:
  explicit Channel(const std::string& endpoint) : easy_(curl_easy_init()), multi_(curl_multi_init()) {
    HOLDFAST_CHECK(easy_ != nullptr && multi_ != nullptr, "there is memory for a connection");
    curl_easy_setopt(easy_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy_, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy_, CURLOPT_QUICK_EXIT, 1L);  // leaves a resolver that keeps silent to itself
    curl_easy_setopt(easy_, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy_, CURLOPT_PROTOCOLS_STR, is_https(endpoint) ? "https" : "http");
    curl_easy_setopt(easy_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy_, CURLOPT_PROXY, "");
    curl_easy_setopt(easy_, CURLOPT_USERAGENT, "holdfast");
    curl_easy_setopt(easy_, CURLOPT_ERRORBUFFER, message_);
    curl_easy_setopt(easy_, CURLOPT_WRITEFUNCTION, &Channel::on_body);
    curl_easy_setopt(easy_, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy_, CURLOPT_PREREQFUNCTION, &Channel::on_request);
    curl_easy_setopt(easy_, CURLOPT_PREREQDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, 1L);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  ~Channel() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }

  SendResult send(const std::string& endpoint, const Request& request, Time deadline,
                  const CancelFlag& cancel, std::size_t max_response_bytes) {
    HeaderList headers;
    prepare(endpoint, request, headers, max_response_bytes);
    curl_easy_setopt(easy_, CURLOPT_TIMEOUT_MS, timeout_ms(deadline, steady_now()));
    HOLDFAST_CHECK(curl_multi_add_handle(multi_, easy_) == CURLM_OK, "an idle handle can be started");
    const CURLcode result = perform(cancel);
    SendResult outcome = classify(result);  // before the removal, which clears what is asked here
    curl_multi_remove_handle(multi_, easy_);
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, nullptr);
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, nullptr);
    return outcome;
  }

 private:
  void prepare(const std::string& endpoint, const Request& request, HeaderList& headers,
               std::size_t max_bytes) {
    body_.clear();
    max_bytes_ = max_bytes;
    message_[0] = '\0';
    cancelled_ = sent_again_ = too_long_ = false;
    started_ = false;
    if (!request.content_type.empty()) headers.add("Content-Type: " + request.content_type);
    headers.add(fmt::format("X-Batch: {}", request.batch));
    headers.add(fmt::format("X-Attempt: {}", request.attempt));
    headers.add("Expect:");  // a large body does not wait for "100 Continue"
    curl_easy_setopt(easy_, CURLOPT_URL, (endpoint + request.target).c_str());
    curl_easy_setopt(easy_, CURLOPT_HTTPHEADER, headers.list);
    if (request.method == "GET") {
      curl_easy_setopt(easy_, CURLOPT_HTTPGET, 1L);
      curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST, nullptr);
      return;
    }
    curl_easy_setopt(easy_, CURLOPT_POST, 1L);
    curl_easy_setopt(easy_, CURLOPT_CUSTOMREQUEST,
                     request.method == "POST" ? nullptr : request.method.c_str());
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy_, CURLOPT_POSTFIELDS, request.body.data());
  }

  CURLcode perform(const CancelFlag& cancel) {
    int running = 1;
    while (true) {
      if (curl_multi_perform(multi_, &running) != CURLM_OK) return CURLE_FAILED_INIT;
      if (running == 0) break;
      if (cancel.load(std::memory_order_relaxed)) {
        cancelled_ = true;
        return CURLE_ABORTED_BY_CALLBACK;
      }
      if (curl_multi_poll(multi_, nullptr, 0, kCancelPollMs, nullptr) != CURLM_OK) return CURLE_FAILED_INIT;
    }
    int left = 0;
    const CURLMsg* done = curl_multi_info_read(multi_, &left);
    HOLDFAST_CHECK(done != nullptr && done->msg == CURLMSG_DONE, "a finished transfer has a result");
    return done->data.result;
  }

  SendResult classify(CURLcode result) {
    SendResult outcome;
    if (result == CURLE_OK) {
      outcome.outcome = SendResult::Outcome::response;
      outcome.response = response();
      return outcome;
    }
    const bool sent = request_bytes() > 0;
    outcome.outcome = sent ? SendResult::Outcome::unknown : SendResult::Outcome::not_sent;
    outcome.error = error_of(result);
    if (sent && outcome.error.code == Code::invalid)
      outcome.error.code = Code::corrupted;  // no HTTP came back
    return outcome;
  }

  Response response() {
    Response response;
    long status = 0;
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy_, CURLINFO_RETRY_AFTER, &seconds);
    response.status = static_cast<int>(status);
    response.body = std::exchange(body_, {});
    response.retry_after = std::chrono::seconds(std::clamp<curl_off_t>(seconds, 0, kLongestRetryAfter));
    return response;
  }

  Error error_of(CURLcode result) const {
    if (cancelled_) return {Code::cancelled, "the caller gave up on the request"};
    if (sent_again_) return {Code::unavailable, "the upstream closed the connection as the request was sent"};
    if (too_long_)
      return {Code::corrupted, fmt::format("the upstream's answer exceeds {} bytes", max_bytes_)};
    long os_error = 0;
    curl_easy_getinfo(easy_, CURLINFO_OS_ERRNO, &os_error);
    const char* message = message_[0] != '\0' ? message_ : curl_easy_strerror(result);
    return {code_of(result), message, static_cast<int>(os_error)};
  }

  // Bytes of this request that may have left, over all the tries of libcurl.
  long request_bytes() const {
    long bytes = 0;
    curl_easy_getinfo(easy_, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes;
  }

  static std::size_t on_body(const char* data, std::size_t unit, std::size_t count, void* user) {
    auto& channel = *static_cast<Channel*>(user);
    const std::size_t size = unit * count;
    channel.too_long_ = channel.body_.size() + size > channel.max_bytes_;
    if (channel.too_long_) return 0;
    channel.body_.append(data, size);
    return size;
  }

  // Called when the connection is there and the request is about to go. A second call means that
  // libcurl tries again on its own: only allowed if the first try left no byte.
  static int on_request(void* user, char*, char*, int, int) {
    auto& channel = *static_cast<Channel*>(user);
    channel.sent_again_ = std::exchange(channel.started_, true) && channel.request_bytes() > 0;
    return channel.sent_again_ ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  }

  CURL* easy_;
  CURLM* multi_;
  std::string body_;
  std::size_t max_bytes_ = 0;
  char message_[CURL_ERROR_SIZE] = {};
  bool started_ = false;
  bool sent_again_ = false;
  bool cancelled_ = false;
  bool too_long_ = false;
};

CurlTransport::CurlTransport(std::string endpoint, CurlOptions options)
    : endpoint_(std::move(endpoint)), options_(options) {
  initialise_library();
  while (endpoint_.ends_with('/')) endpoint_.pop_back();
}

CurlTransport::~CurlTransport() {
  base::MutexLock lock(mutex_);
  HOLDFAST_CHECK(in_flight_ == 0, "no send is running when its transport is destroyed");
}

SendResult CurlTransport::send(const Request& request, Time deadline, const CancelFlag& cancel) {
  base::check_no_lock_held("Transport::send");
  const auto not_sent = [](Code code, std::string why) {
    return SendResult{SendResult::Outcome::not_sent, {}, {code, std::move(why)}};
  };
  if (cancel.load(std::memory_order_relaxed))
    return not_sent(Code::cancelled, "the caller gave up before sending");
  if (deadline <= steady_now()) return not_sent(Code::timeout, "the deadline passed before sending");
  std::optional<SigpipeBlock> block;
  if (is_https(endpoint_)) block.emplace();
  auto channel = take();
  SendResult result = channel->send(endpoint_, request, deadline, cancel, options_.max_response_bytes);
  give_back(std::move(channel));
  return result;
}

std::unique_ptr<CurlTransport::Channel> CurlTransport::take() {
  {
    base::MutexLock lock(mutex_);
    ++in_flight_;
    if (!idle_.empty()) {
      auto channel = std::move(idle_.back());  // the one used last: its connection is the youngest
      idle_.pop_back();
      return channel;
    }
  }
  return std::make_unique<Channel>(endpoint_);
}

void CurlTransport::give_back(std::unique_ptr<Channel> channel) {
  base::MutexLock lock(mutex_);
  --in_flight_;
  if (idle_.size() < options_.max_idle_connections) idle_.push_back(std::move(channel));
}

}  // namespace holdfast::host
