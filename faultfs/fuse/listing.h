// The names of an open directory, as an answer to the kernel.
//
//   Listing listing(descriptor);                   // which it closes
//   ssize_t used = listing.fill(answer, offset);   // whole entries from there on; 0: there are no more
//
// An offset is what the backing directory gave the entry before it, so positions are as stable as there.
// Bytes are taken from the backing directory in bulk and laid out anew, once; what did not fit waits for the
// next call. -1 and errno only when there was nothing to tell before the error. Not thread-safe.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "faultfs/fuse/descriptor.h"

namespace holdfast::faultfs {

class Listing {
 public:
  explicit Listing(Descriptor directory) : directory_(std::move(directory)) {}

  int descriptor() const { return *directory_; }
  ssize_t fill(std::span<std::byte> answer, off_t offset);

 private:
  Descriptor directory_;
  off_t offset_ = 0;             // of what comes next
  std::vector<std::byte> read_;  // from the backing directory
  std::size_t begin_ = 0;        // of what is left of it
  std::size_t end_ = 0;

  bool go_to(off_t offset);
  ssize_t read_more(std::size_t size);
};

}  // namespace holdfast::faultfs
