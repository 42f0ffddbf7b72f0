// What the kernel holds open, each known to it by its address. It lets go of most by a release; what it still
// holds when the mount ends goes with this.
//
//   FileHandle* handle = handles.add(std::make_unique<FileHandle>(...));
//   handles.remove(handle);                    // its destructor closes
//
// Safe from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "core/base/check.h"

namespace holdfast::faultfs {

class OpenHandles {
 public:
  template <class Handle>
  Handle* add(std::unique_ptr<Handle> handle) {
    const std::lock_guard lock(mutex_);
    Handle* const address = handle.get();
    handles_.emplace(address, std::move(handle));
    return address;
  }
  void remove(const void* handle) {
    ByAddress::node_type gone;  // closed after the lock
    const std::lock_guard lock(mutex_);
    gone = handles_.extract(handle);
    HOLDFAST_CHECK(!gone.empty(), "a handle is closed once");
  }

 private:
  using ByAddress = std::unordered_map<const void*, std::shared_ptr<void>>;

  std::mutex mutex_;
  ByAddress handles_;
};

}  // namespace holdfast::faultfs
