#include "simulator/upstream/http/wakeful_processors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>

namespace holdfast::upstream {

WakefulProcessors::WakefulProcessors() : descriptor_(::open("/dev/cpu_dma_latency", O_WRONLY | O_CLOEXEC)) {
  const std::int32_t tolerated_us = 0;
  if (descriptor_ < 0 || ::write(descriptor_, &tolerated_us, sizeof tolerated_us) == sizeof tolerated_us)
    return;
  ::close(descriptor_);
  descriptor_ = -1;
}

WakefulProcessors::~WakefulProcessors() {
  if (held()) ::close(descriptor_);
}

}  // namespace holdfast::upstream
