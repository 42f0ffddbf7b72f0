#include "faultfs/fuse/mount_guard.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "faultfs/control/mount_table.h"
#include "faultfs/control/socket_path.h"

namespace holdfast::faultfs {
namespace {

namespace fs = std::filesystem;

bool is_inside(const std::string& path, const std::string& directory) {
  return path == directory || directory == "/" || path.starts_with(directory + "/");
}

Status check_mountpoint(const std::string& mountpoint) {
  if (const auto mount = find_mount(mountpoint)) {
    const bool ours = mount->type == kMountType;
    return fail(Code::busy,
                mountpoint + " is already a mount of type " + mount->type +
                    (ours ? "; end it with: faultfs unmount " + mountpoint : "; choose another directory"));
  }
  std::error_code error;
  const auto status = fs::status(mountpoint, error);
  if (!fs::exists(status))
    return fail(Code::not_found, "the mountpoint " + mountpoint + " does not exist; make it first");
  if (!fs::is_directory(status))
    return fail(Code::wrong_kind, "the mountpoint " + mountpoint + " is no directory");
  const bool empty = fs::is_empty(mountpoint, error);
  if (error) return fail(error_of_errno(error.value(), "look into " + mountpoint));
  if (!empty)
    return fail(Code::exists,
                "the mountpoint " + mountpoint + " is not empty; a mount would hide what is in it");
  return {};
}

}  // namespace

Result<MountGround> check_mount_ground(const std::string& source, const std::string& mountpoint) {
  std::error_code error;
  MountGround ground;
  ground.source = fs::canonical(source, error).string();
  if (error) return fail(error_of_errno(error.value(), "find the backing directory " + source));
  auto canonical = canonical_mountpoint(mountpoint);
  if (!canonical) return fail(canonical.error());
  ground.mountpoint = *canonical;
  if (auto checked = check_mountpoint(ground.mountpoint); !checked) return fail(checked.error());
  if (is_inside(ground.mountpoint, ground.source)) {
    return fail(Code::invalid, "the mountpoint " + ground.mountpoint + " lies inside the backing directory " +
                                   ground.source + ", so the mount would contain itself; choose one outside");
  }
  ground.source_descriptor = ::open(ground.source.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (ground.source_descriptor < 0) {
    return fail(error_of_errno(errno, "open the backing directory " + ground.source));
  }
  return ground;
}

}  // namespace holdfast::faultfs
