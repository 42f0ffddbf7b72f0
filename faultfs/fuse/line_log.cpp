#include "faultfs/fuse/line_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "faultfs/fuse/monotonic.h"

namespace holdfast::faultfs {

Result<std::unique_ptr<LineLog>> LineLog::open(const std::string& path) {
  int descriptor = -1;
  if (!path.empty()) {
    descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (descriptor < 0) return fail(error_of_errno(errno, "open the log " + path));
  }
  return std::unique_ptr<LineLog>(new LineLog(descriptor));
}

LineLog::~LineLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LineLog::append(std::string line) {
  const std::lock_guard lock(mutex_);
  write_line(std::move(line));
}

void LineLog::append_stamped(std::string_view rest) {
  const std::lock_guard lock(mutex_);
  write_line("{\"t\":" + std::to_string(nanoseconds(monotonic_now())) + "," + std::string(rest));
}

void LineLog::write_line(std::string line) {
  if (descriptor_ < 0) {
    if (last_.size() == kRemembered) last_.pop_front();
    last_.push_back(std::move(line));
    return;
  }
  line += '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      ++lost_;
      return;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::vector<std::string> LineLog::last_lines() const {
  const std::lock_guard lock(mutex_);
  return {last_.begin(), last_.end()};
}

std::uint64_t LineLog::lost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace holdfast::faultfs
