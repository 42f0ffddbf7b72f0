// Whether this machine lets this user mount a FUSE file system.
//
//   if (auto able = fuse_available(); !able) return tell(able.error().message);
//
// The error (Code::unsupported) says what is missing and what to do. Mounts nothing. Thread-safe.
#pragma once

#include "core/base/result.h"

namespace holdfast::faultfs {

Status fuse_available();

}  // namespace holdfast::faultfs
