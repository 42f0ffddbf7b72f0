// The port to time. Every timer uses now(); wall() is only for stamps that people read, since it
// may jump. Safe from any thread; never blocks.
#pragma once

#include "core/base/time.h"

namespace holdfast {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual WallTime wall() const = 0;
};

}  // namespace holdfast
