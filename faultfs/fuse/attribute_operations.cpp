// Attributes: of files and of the whole file system.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

void answer_attributes(fuse_req_t request, const Node& node) {
  struct stat status {};
  if (::fstatat(node.descriptor(), "", &status, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW) != 0) {
    fuse_reply_err(request, errno);
  } else {
    fuse_reply_attr(request, &status, Passthrough::of(request).name_lease());
  }
}

void getattr(fuse_req_t request, fuse_ino_t id, fuse_file_info*) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::getattr, path), Place::here,
             [request, node = std::move(node)](const Decision&) { answer_attributes(request, *node); });
}

struct Change {
  NodePtr node;
  std::string path;
  struct stat to {};
  int which = 0;
  int handle = -1;            // of an open file, or -1
  bool drops_set_id = false;  // with a new size
};

int change_mode(const Change& change) {
  return ::chmod(DescriptorPath(change.node->descriptor()).c_str(), change.to.st_mode & 07777);
}

int change_owner(const Change& change) {
  const uid_t user = (change.which & FUSE_SET_ATTR_UID) != 0 ? change.to.st_uid : static_cast<uid_t>(-1);
  const gid_t group = (change.which & FUSE_SET_ATTR_GID) != 0 ? change.to.st_gid : static_cast<gid_t>(-1);
  return ::fchownat(change.node->descriptor(), "", user, group, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
}

int change_times(const Change& change) {
  const auto pick = [&](int given, int now, timespec time) {
    if ((change.which & now) != 0) return timespec{0, UTIME_NOW};
    return (change.which & given) != 0 ? time : timespec{0, UTIME_OMIT};
  };
  const timespec times[2] = {pick(FUSE_SET_ATTR_ATIME, FUSE_SET_ATTR_ATIME_NOW, change.to.st_atim),
                             pick(FUSE_SET_ATTR_MTIME, FUSE_SET_ATTR_MTIME_NOW, change.to.st_mtim)};
  return ::utimensat(AT_FDCWD, DescriptorPath(change.node->descriptor()).c_str(), times, 0);
}

int change_size(Passthrough& fs, const Change& change) {
  struct stat before {};
  if (::fstat(change.node->descriptor(), &before) != 0) return -1;
  const auto size = static_cast<std::uint64_t>(change.to.st_size);
  const BytePlace place{.offset = size, .tail = true};
  const int result = fs.durability.change_bytes({*change.node, change.path, {&place, 1}}, [&] {
    return change.handle >= 0
               ? ::ftruncate(change.handle, change.to.st_size)
               : ::truncate(DescriptorPath(change.node->descriptor()).c_str(), change.to.st_size);
  });
  if (result != 0) return result;
  if (change.drops_set_id) drop_set_id(DescriptorPath(change.node->descriptor()).c_str());
  fs.faults.truncated(
      {space_id(change.node->key()), static_cast<std::uint64_t>(before.st_size), change.path, before.st_uid},
      size);
  fs.syncs.truncated(change.path, size);
  return 0;
}

constexpr int kTimes =
    FUSE_SET_ATTR_ATIME | FUSE_SET_ATTR_ATIME_NOW | FUSE_SET_ATTR_MTIME | FUSE_SET_ATTR_MTIME_NOW;

Operation operation_of(int which) {
  if ((which & FUSE_SET_ATTR_SIZE) != 0) return Operation::truncate;
  if ((which & FUSE_SET_ATTR_MODE) != 0) return Operation::chmod;
  if ((which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) != 0) return Operation::chown;
  if ((which & kTimes) != 0) return Operation::utimens;
  return Operation::setattr;
}

void apply(fuse_req_t request, const Change& change) {
  auto& fs = Passthrough::of(request);
  int result = 0;
  if ((change.which & FUSE_SET_ATTR_MODE) != 0) result = change_mode(change);
  if (result == 0 && (change.which & (FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID)) != 0)
    result = change_owner(change);
  if (result == 0 && (change.which & FUSE_SET_ATTR_SIZE) != 0) result = change_size(fs, change);
  if (result == 0 && (change.which & kTimes) != 0) result = change_times(change);
  if (result != 0) {
    fuse_reply_err(request, errno);
  } else {
    answer_attributes(request, *change.node);
  }
}

void setattr(fuse_req_t request, fuse_ino_t id, struct stat* attributes, int which, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  Change change{fs.nodes.at(id), {}, *attributes, which};
  if (info != nullptr) change.handle = handle_of(info)->descriptor;
  change.drops_set_id = fs.channel.drops_set_id();
  change.path = fs.nodes.path_of(*change.node);
  const std::string path = change.path;
  Call call = call_of(request, operation_of(which), path);
  call.by_handle = change.handle >= 0;
  if (info != nullptr) call.handle = handle_of(info)->number;
  if (call.operation == Operation::truncate) call.size = static_cast<std::uint64_t>(attributes->st_size);
  fs.perform(request, call, Place::here,
             [request, change = std::move(change)](const Decision&) { apply(request, change); });
}

void access(fuse_req_t request, fuse_ino_t id, int mask) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::access, path), Place::here,
             [request, node = std::move(node), mask](const Decision&) {
               const int result = ::access(DescriptorPath(node->descriptor()).c_str(), mask);
               fuse_reply_err(request, result == 0 ? 0 : errno);
             });
}

void answer_statfs(fuse_req_t request, const Node& node, const std::string& path) {
  struct statvfs status {};
  if (::fstatvfs(node.descriptor(), &status) != 0) {
    fuse_reply_err(request, errno);
    return;
  }
  const SpaceLeft left = Passthrough::of(request).faults.space_left(path);
  if (left.bytes) {
    const fsblkcnt_t blocks = *left.bytes / status.f_frsize;
    status.f_bfree = std::min(status.f_bfree, blocks);
    status.f_bavail = std::min(status.f_bavail, blocks);
  }
  if (left.inodes) {
    status.f_ffree = std::min<fsfilcnt_t>(status.f_ffree, *left.inodes);
    status.f_favail = std::min<fsfilcnt_t>(status.f_favail, *left.inodes);
  }
  fuse_reply_statfs(request, &status);
}

void statfs(fuse_req_t request, fuse_ino_t id) {
  auto& fs = Passthrough::of(request);
  auto node = id == 0 ? fs.nodes.root() : fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(
      request, call_of(request, Operation::statfs, path), Place::here,
      [request, node = std::move(node), path](const Decision&) { answer_statfs(request, *node, path); });
}

}  // namespace

void add_attribute_operations(fuse_lowlevel_ops& table) {
  table.getattr = getattr;
  table.setattr = setattr;
  table.access = access;
  table.statfs = statfs;
}

}  // namespace holdfast::faultfs
