// A file of lines, each written by one write(2), so that what was logged survives the daemon.
//
//   auto log = LineLog::open("faults.jsonl");       // created 0644 or emptied
//   log->append(line);
//
// Without a file it only remembers: last_lines() gives the newest kRemembered. Safe from any
// thread. A line that cannot be written is counted, never an error of the operation it tells of.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace holdfast::faultfs {

class LineLog {
 public:
  static constexpr std::size_t kRemembered = 4096;

  // An empty path: no file.
  static Result<std::unique_ptr<LineLog>> open(const std::string& path);
  ~LineLog();
  LineLog(const LineLog&) = delete;
  LineLog& operator=(const LineLog&) = delete;

  void append(std::string line);
  // Appends {"t":<now>, followed by `rest`, so that times rise from line to line.
  void append_stamped(std::string_view rest);
  std::vector<std::string> last_lines() const;
  std::uint64_t lost() const;

 private:
  explicit LineLog(int descriptor) : descriptor_(descriptor) {}

  mutable std::mutex mutex_;
  int descriptor_;
  std::uint64_t lost_ = 0;
  std::deque<std::string> last_;

  void write_line(std::string line);
};

}  // namespace holdfast::faultfs
