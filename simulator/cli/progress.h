// One line on standard error that says how far the work is: redrawn in place on a terminal, one line
// per run elsewhere.
//
//   Progress progress;
//   progress.begin("disk-full LIVE");
//   progress.update("disk-full LIVE", at, length, ledger);
//   progress.end();
//
// Any thread; of several runs at once the one drawn last is seen.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "core/base/time.h"
#include "simulator/oracle/ledger.h"

namespace holdfast::cli {

class Progress {
 public:
  Progress();
  ~Progress() { end(); }

  void begin(const std::string& what);
  void update(const std::string& what, Duration at, Duration length, const oracle::Ledger& ledger);
  void end();

 private:
  const bool terminal_;
  std::mutex mutex_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point due_{};  // of the next drawing: counting costs a look at each record
};

}  // namespace holdfast::cli
