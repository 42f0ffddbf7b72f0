#include "simulator/run/subject_orders.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace holdfast::run {
namespace {

constexpr std::string_view kClockJump = "clock_jump ";
constexpr int kLookMs = 50;

void say(const std::string& line) {
  const std::string text = line + "\n";
  (void)!::write(STDOUT_FILENO, text.data(), text.size());
}

}  // namespace

std::string clock_jump_order(Duration shift) {
  return std::string(kClockJump) + std::to_string(shift.count());
}

SubjectOrders::SubjectOrders(world::JumpingClock& clock) : clock_(clock), thread_([this] { listen(); }) {}

SubjectOrders::~SubjectOrders() {
  ending_.store(true);
  thread_.join();
}

void SubjectOrders::say_ready() const { say("ready"); }

void SubjectOrders::listen() {
  std::string text;
  while (!ending_.load()) {
    pollfd watched{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, kLookMs) <= 0) continue;
    char buffer[256];
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return stop_asked_.store(true);
    text.append(buffer, static_cast<std::size_t>(got));
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      obey(std::string_view(text).substr(0, end));
      text.erase(0, end + 1);
    }
  }
}

void SubjectOrders::obey(std::string_view order) {
  if (!order.starts_with(kClockJump)) return;
  order.remove_prefix(kClockJump.size());
  std::int64_t shift = 0;
  if (std::from_chars(order.data(), order.data() + order.size(), shift).ec != std::errc{}) return;
  clock_.shift_wall(Duration(shift));
  say(clock_jump_order(Duration(shift)));
}

}  // namespace holdfast::run
