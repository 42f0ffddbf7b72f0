// Gives a name to an inode again that had lost it.
//
//   const Descriptor back = bring_back(kept, directory, "1.seg");    // `kept`: O_PATH, since before
//   if (!back) ... errno ...
//
// An inode that has another name gets one more. One that has none cannot have one again, so it is copied:
// bytes, and as far as it may be mode, owner, times (not of a symlink) and extended attributes; a directory
// comes back empty. What stands at the name is left, and the error is EEXIST; a copy that fails stays
// half-way. Blocks for as long as the copy takes. Safe from any thread.
#pragma once

#include "faultfs/fuse/descriptor.h"

namespace holdfast::faultfs {

// What has the name now, O_PATH.
Descriptor bring_back(int kept, int directory, const char* name);

}  // namespace holdfast::faultfs
