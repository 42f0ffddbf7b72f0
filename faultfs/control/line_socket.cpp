#include "faultfs/control/line_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace holdfast::faultfs {
namespace {

Status wait_for(int descriptor, short events, LineSocket::Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{descriptor, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::clamp<long>(left.count(), 0, 1'000'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return fail(error_of_errno(errno, "wait for the control socket"));
    if (ready == 0) return fail(Code::timeout, "the other end of the control socket did not answer in time");
  }
}

}  // namespace

LineSocket::LineSocket(int descriptor) : descriptor_(descriptor) {
  ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
}

LineSocket::~LineSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

LineSocket::LineSocket(LineSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

LineSocket& LineSocket::operator=(LineSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(received_, other.received_);
  return *this;
}

Status LineSocket::send_line(std::string_view text, Deadline deadline) {
  std::string line(text);
  line += '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t sent = ::send(descriptor_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent > 0) left.remove_prefix(static_cast<std::size_t>(sent));
    if (sent >= 0 || errno == EINTR) continue;
    if (errno != EAGAIN) return fail(Code::unavailable, "the other end of the control socket is gone", errno);
    if (auto ready = wait_for(descriptor_, POLLOUT, deadline); !ready) return ready;
  }
  return {};
}

Status LineSocket::receive_some(std::size_t limit) {
  char buffer[16384];
  const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
  if (got < 0 && (errno == EINTR || errno == EAGAIN)) return {};
  if (got <= 0) return fail(Code::unavailable, "the other end of the control socket hung up");
  received_.append(buffer, static_cast<std::size_t>(got));
  if (received_.size() > limit && received_.find('\n') == std::string::npos) {
    return fail(Code::invalid,
                "a line on the control socket is longer than " + std::to_string(limit) + " bytes");
  }
  return {};
}

bool LineSocket::take_line(std::string& line) {
  const auto end = received_.find('\n');
  if (end == std::string::npos) return false;
  line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return true;
}

Result<std::string> LineSocket::receive_line(std::size_t limit, Deadline deadline) {
  std::string line;
  while (!take_line(line)) {
    if (auto ready = wait_for(descriptor_, POLLIN, deadline); !ready) return fail(ready.error());
    if (auto got = receive_some(limit); !got) return fail(got.error());
  }
  return line;
}

}  // namespace holdfast::faultfs
