#include "faultfs/fuse/inode_pins.h"

#include <fcntl.h>

#include "core/base/check.h"

namespace holdfast::faultfs {

bool InodePins::pin(std::uint64_t inode, int descriptor) {
  Pin& pin = pins_[inode];
  ++pin.reasons;
  if (!pin.descriptor) pin.descriptor = Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  return static_cast<bool>(pin.descriptor);
}

void InodePins::unpin(std::uint64_t inode) {
  const auto found = pins_.find(inode);
  HOLDFAST_CHECK(found != pins_.end(), "what is unpinned was pinned");
  if (--found->second.reasons == 0) pins_.erase(found);
}

void InodePins::replace(std::uint64_t inode, Descriptor descriptor) {
  if (const auto found = pins_.find(inode); found != pins_.end())
    found->second.descriptor = std::move(descriptor);
}

int InodePins::descriptor(std::uint64_t inode) const {
  const auto found = pins_.find(inode);
  return found == pins_.end() ? -1 : *found->second.descriptor;
}

}  // namespace holdfast::faultfs
