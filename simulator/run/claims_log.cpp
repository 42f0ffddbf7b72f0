#include "simulator/run/claims_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace holdfast::run {

Result<ClaimsLog> ClaimsLog::open(const std::string& path, std::string mount) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(error_of_errno(errno, "open " + path));
  return ClaimsLog(descriptor, std::move(mount));
}

void ClaimsLog::write(Time now, const DurableClaim& claim) const {
  std::string_view path = claim.path;
  if (path.starts_with(mount_)) path.remove_prefix(mount_.size() + 1);
  std::string line = std::to_string(nanoseconds(now)) + " " + std::string(path) + " " +
                     std::to_string(claim.begin) + " " + std::to_string(claim.end);
  // Another program does not say where each record ends.
  for (std::size_t i = 0; i < claim.ends.size(); ++i) {
    line += i == 0 ? ' ' : ',';
    line += std::to_string(claim.references[i]) + ":" + std::to_string(claim.ends[i]);
  }
  line += '\n';
  if (::write(descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::abort();
}

}  // namespace holdfast::run
