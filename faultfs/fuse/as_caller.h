// While it lives, what this thread makes on the backing file system belongs to the caller: its user, and
// its group or the one that the directory hands down, by the kernel's own rules.
//
//   AsCaller::prepare();                       // once, before the first thread
//   const AsCaller owner(request);
//   mkdirat(...);
//
// What the caller may do at all the kernel has judged before it asked (default_permissions, with all of
// the caller's groups), so the thread keeps its capabilities. A daemon without privilege makes
// everything as itself. Any thread; the identity is the thread's own.
#pragma once

#include <sys/types.h>

struct fuse_req;

namespace holdfast::faultfs {

class AsCaller {
 public:
  static void prepare();

  explicit AsCaller(fuse_req* request);
  ~AsCaller();
  AsCaller(const AsCaller&) = delete;
  AsCaller& operator=(const AsCaller&) = delete;

 private:
  bool changed_ = false;
};

}  // namespace holdfast::faultfs
