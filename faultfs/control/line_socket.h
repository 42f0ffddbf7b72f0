// Lines over a connected Unix socket, with a bound on their length and a deadline on each wait.
//
//   LineSocket socket(descriptor);
//   socket.send_line(text, deadline);
//   auto line = socket.receive_line(kLongestAnswer, deadline);
//
// Owns the descriptor. Not thread-safe. Deadlines that pass are Code::timeout, a peer that hung up
// is Code::unavailable, a line that is too long is Code::invalid.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::faultfs {

class LineSocket {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  // Makes the descriptor non-blocking.
  explicit LineSocket(int descriptor);
  ~LineSocket();
  LineSocket(LineSocket&& other) noexcept;
  LineSocket& operator=(LineSocket&& other) noexcept;

  int descriptor() const { return descriptor_; }
  Status send_line(std::string_view text, Deadline deadline);
  Result<std::string> receive_line(std::size_t limit, Deadline deadline);
  // Reads what is there; the next whole line may then be taken. For servers that poll.
  Status receive_some(std::size_t limit);
  bool take_line(std::string& line);
  bool has_partial_line() const { return !received_.empty(); }

 private:
  int descriptor_;
  std::string received_;
};

}  // namespace holdfast::faultfs
