// What must hold before mounting, so that no mount shadows anything or swallows its own backing
// directory.
//
//   auto ground = check_mount_ground(source, mountpoint);    // opens SOURCE, canonical paths
//
// Errors say what to choose instead. Called once, before mounting.
#pragma once

#include <string>

#include "core/base/result.h"

namespace holdfast::faultfs {

struct MountGround {
  std::string source;      // canonical
  std::string mountpoint;  // canonical
  int source_descriptor;   // O_PATH, opened before anything is mounted; the caller owns it
};

Result<MountGround> check_mount_ground(const std::string& source, const std::string& mountpoint);

}  // namespace holdfast::faultfs
