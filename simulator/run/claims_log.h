// The subject's log of its claims of durability, for the oracle: one line each, past any buffer, so
// that a kill loses none. The grammar is in docs/formats.md.
//
//   auto claims = ClaimsLog::open(path, "/run/1/mount");
//   claims->write(now, claim);
//
// Safe from any thread. A claim that cannot be written ends the process: nobody could check it.
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/observer.h"

namespace holdfast::run {

class ClaimsLog {
 public:
  // Paths of claims are told relative to the mount.
  static Result<ClaimsLog> open(const std::string& path, std::string mount);
  void write(Time now, const DurableClaim& claim) const;

 private:
  ClaimsLog(int descriptor, std::string mount) : descriptor_(descriptor), mount_(std::move(mount)) {}
  int descriptor_;  // closed with the process
  std::string mount_;
};

}  // namespace holdfast::run
