// While one lives, idle processors poll instead of sleeping, so that a thread wakes within a few
// microseconds. In a virtual machine a sleeping processor takes 30 to 60 us to wake, once for the
// request and once for the answer, which would add a tenth to an upstream's 1 ms.
//
//   WakefulProcessors awake;                 // for the length of a measured run
//   if (!awake.held()) ...                   // not permitted here: times are a little longer
//
// Asks the kernel through /dev/cpu_dma_latency, which usually needs root; the kernel takes it back
// when the descriptor closes, however the process ends. Costs electricity, so no default.
#pragma once

namespace holdfast::upstream {

class WakefulProcessors {
 public:
  WakefulProcessors();
  WakefulProcessors(const WakefulProcessors&) = delete;
  WakefulProcessors& operator=(const WakefulProcessors&) = delete;
  ~WakefulProcessors();

  bool held() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

}  // namespace holdfast::upstream
