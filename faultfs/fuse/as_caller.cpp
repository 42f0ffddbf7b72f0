#include "faultfs/fuse/as_caller.h"

#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// The daemon stays who it is, so it is asked once and not for each name that is made.
bool is_root() {
  static const bool root = ::geteuid() == 0;
  return root;
}

}  // namespace

// Without this a thread that puts on another user's identity loses the right to act on its decision.
void AsCaller::prepare() {
  if (is_root()) (void)::prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0);
}

AsCaller::AsCaller(fuse_req* request) {
  const fuse_ctx* caller = fuse_req_ctx(request);
  changed_ = is_root() && (caller->uid != 0 || caller->gid != 0);
  if (!changed_) return;
  ::setfsgid(caller->gid);
  ::setfsuid(caller->uid);
}

AsCaller::~AsCaller() {
  if (!changed_) return;
  ::setfsuid(0);
  ::setfsgid(0);
}

}  // namespace holdfast::faultfs
