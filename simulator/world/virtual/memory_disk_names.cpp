// The operations of the memory disk that name a path. Each looks before it asks, as the kernel does
// (what is not there is not found, whatever the faults), and again after it was let pass.
#include <algorithm>
#include <cerrno>
#include <utility>

#include "simulator/world/virtual/disk_conclude.h"
#include "simulator/world/virtual/disk_path.h"
#include "simulator/world/virtual/memory_disk.h"
#include "simulator/world/virtual/memory_file.h"

namespace holdfast::world {
namespace {

using faultfs::Operation;

constexpr std::uint64_t kUnlimitedBytes = std::uint64_t{1} << 40;
constexpr std::uint64_t kInodes = 1'000'000;

std::uint64_t bits_of(OpenMode mode) {
  return std::uint64_t{mode.read} | std::uint64_t{mode.write} << 1 | std::uint64_t{mode.create} << 2 |
         std::uint64_t{mode.exclusive} << 3 | std::uint64_t{mode.truncate} << 4;
}

int open_error(const InodePtr& inode, OpenMode mode) {
  if (inode == nullptr) return mode.create ? 0 : ENOENT;
  if (mode.create && mode.exclusive) return EEXIST;
  return inode->is_directory ? EISDIR : 0;
}

bool lies_within(const Inode* inode, const Inode* ancestor) {
  for (; inode != nullptr; inode = inode->parent)
    if (inode == ancestor) return true;
  return false;
}

// What the kernel finds by itself, in its order: both directories before the names, what lies in what, and
// of which kinds they are. That a directory is not empty the disk finds.
template <class Place>
int rename_error(const Answer<Place>& source, const Answer<Place>& target) {
  if (!source || !target) return !source ? source.error() : target.error();
  if (source->parent == nullptr || target->parent == nullptr) return EBUSY;
  const Inode* moved = source->inode.get();
  const Inode* replaced = target->inode.get();
  if (moved == nullptr) return ENOENT;
  if (lies_within(target->parent.get(), moved)) return EINVAL;
  if (replaced == nullptr || replaced == moved) return 0;
  if (lies_within(source->parent.get(), replaced)) return ENOTEMPTY;
  if (moved->is_directory == replaced->is_directory) return 0;
  return moved->is_directory ? ENOTDIR : EISDIR;
}

}  // namespace

Result<std::unique_ptr<File>> MemoryDisk::open(const std::string& path, OpenMode mode) {
  auto handle =
      kernel_.operation("FileSystem::open needs a fiber without locks and exceptions in flight", [&] {
        const auto normal = normal_path(path);
        const auto arguments = digest(digest(normal), bits_of(mode));
        return Concluding{kernel_, PortCall::open, arguments, "open", path}(do_open(normal, mode));
      });
  if (!handle) return fail(std::move(handle.error()));
  const HarnessScope scope;
  return std::make_unique<MemoryFile>(*this, *handle, path);
}

// Each name on the way is looked up, as the kernel does when nothing may be remembered.
int MemoryDisk::look_up(std::string_view path) {
  if (!within_mount(path)) return 0;
  for (auto end = mount_root_.size(); end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const auto name = path.substr(0, end);
    if (const int error = pass({Operation::lookup, name}).error) return error;
    const auto place = locate(std::string(name));
    if (!place || place->inode == nullptr) return 0;  // the operation itself finds out
  }
  return 0;
}

Answer<std::uint64_t> MemoryDisk::do_open(const std::string& path, OpenMode mode) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = open_error(place->inode, mode)) return std::unexpected(error);
  const bool cuts = mode.truncate && mode.write;
  Request request{place->inode != nullptr ? Operation::open : Operation::create, path, place->inode.get()};
  request.for_writing = mode.write;
  request.exclusive = mode.exclusive;
  request.mode = mode;
  if (const int error = pass(request).error) return std::unexpected(error);
  if (cuts && request.operation == Operation::open)
    if (const int error = pass({Operation::truncate, path, place->inode.get()}).error)
      return std::unexpected(error);
  place = locate(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = open_error(place->inode, mode)) return std::unexpected(error);
  const bool is_new = place->inode == nullptr;
  auto inode = is_new ? create(*place, path, false) : place->inode;
  if (!inode) return std::unexpected(inode.error());
  if (cuts && !is_new) cut(**inode, 0);
  ++(*inode)->handles;
  const auto number = next_handle_++;
  handles_.emplace(number, Handle{*inode, mode, kernel_.current_node(), number});
  return number;
}

Answer<InodePtr> MemoryDisk::create(const Place& place, const std::string& path, bool directory) {
  if (within_mount(path) && !capacity_.room_for_name()) return std::unexpected(ENOSPC);
  auto inode = std::make_shared<Inode>(next_inode_++, directory);
  inode->parent = place.parent.get();
  inode->name = place.name;
  inodes_.emplace(inode->number, inode);
  place.parent->directory.put(place.name, inode);
  note_made(place, *inode, path);
  if (const auto within = within_mount(path)) injector_.make_inode(*within, 0);
  return inode;
}

Status MemoryDisk::rename(const std::string& from, const std::string& to) {
  return kernel_.operation("FileSystem::rename needs a fiber without locks and exceptions in flight", [&] {
    const auto old_path = normal_path(from);
    const auto new_path = normal_path(to);
    const auto arguments = digest(digest(old_path), digest(new_path));
    return Concluding{kernel_, PortCall::rename, arguments, "rename", from}(do_rename(old_path, new_path));
  });
}

Answer<void> MemoryDisk::do_rename(const std::string& from, const std::string& to) {
  for (const auto& path : {from, to})
    if (const int error = look_up(path)) return std::unexpected(error);
  auto source = locate(from);
  auto target = locate(to);
  if (const int error = rename_error(source, target)) return std::unexpected(error);
  if (source->inode == target->inode) return {};
  Request request{Operation::rename, from, source->inode.get()};
  request.new_name = target->inode == nullptr;
  request.target = to;
  if (const int error = pass(request).error) return std::unexpected(error);
  source = locate(from);
  target = locate(to);
  if (const int error = rename_error(source, target)) return std::unexpected(error);
  if (source->inode == target->inode) return {};
  if (target->inode != nullptr && !target->inode->directory.empty()) return std::unexpected(ENOTEMPTY);

  note_renamed(*source, from, *target, to);
  if (target->inode != nullptr) lose_name(*target->inode);
  source->parent->directory.take(source->name);
  target->parent->directory.put(target->name, source->inode);
  source->inode->parent = target->parent.get();
  source->inode->name = target->name;
  ++path_epoch_;
  return {};
}

Status MemoryDisk::remove(const std::string& path) {
  return kernel_.operation("FileSystem::remove needs a fiber without locks and exceptions in flight", [&] {
    const auto normal = normal_path(path);
    return Concluding{kernel_, PortCall::remove, digest(normal), "remove", path}(do_remove(normal));
  });
}

Answer<void> MemoryDisk::do_remove(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate_existing(path);
  if (!place) return std::unexpected(place.error());
  if (place->inode->is_directory) return std::unexpected(EISDIR);
  if (const int error = pass({Operation::unlink, path, place->inode.get()}).error)
    return std::unexpected(error);
  place = locate_existing(path);
  if (!place) return std::unexpected(place.error());
  if (place->inode->is_directory) return std::unexpected(EISDIR);
  note_removed(*place, path);
  place->parent->directory.take(place->name);
  lose_name(*place->inode);
  return {};
}

Status MemoryDisk::make_directory(const std::string& path) {
  return kernel_.operation("FileSystem::make_directory needs a fiber without locks and exceptions in flight",
                           [&] {
                             const auto normal = normal_path(path);
                             return Concluding{kernel_, PortCall::make_directory, digest(normal),
                                               "make directory", path}(do_make_directory(normal));
                           });
}

Answer<void> MemoryDisk::do_make_directory(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate(path);
  if (!place) return std::unexpected(place.error());
  if (place->inode != nullptr) return std::unexpected(EEXIST);
  if (const int error = pass({Operation::mkdir, path}).error) return std::unexpected(error);
  place = locate(path);
  if (!place) return std::unexpected(place.error());
  if (place->inode != nullptr) return std::unexpected(EEXIST);
  const auto made = create(*place, path, true);
  if (!made) return std::unexpected(made.error());
  return {};
}

Status MemoryDisk::remove_directory(const std::string& path) {
  return kernel_.operation(
      "FileSystem::remove_directory needs a fiber without locks and exceptions in flight", [&] {
        const auto normal = normal_path(path);
        return Concluding{kernel_, PortCall::remove_directory, digest(normal), "remove directory",
                          path}(do_remove_directory(normal));
      });
}

Answer<void> MemoryDisk::do_remove_directory(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate_directory(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = pass({Operation::rmdir, path, place->inode.get()}).error)
    return std::unexpected(error);
  place = locate_directory(path);
  if (!place) return std::unexpected(place.error());
  if (place->parent == nullptr) return std::unexpected(EBUSY);
  if (!place->inode->directory.empty()) return std::unexpected(ENOTEMPTY);
  note_removed(*place, path);
  place->parent->directory.take(place->name);
  lose_name(*place->inode);
  return {};
}

Result<std::vector<std::string>> MemoryDisk::list(const std::string& path) {
  return kernel_.operation("FileSystem::list needs a fiber without locks and exceptions in flight", [&] {
    const auto normal = normal_path(path);
    return Concluding{kernel_, PortCall::list, digest(normal), "list", path}(do_list(normal));
  });
}

Answer<std::vector<std::string>> MemoryDisk::do_list(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate_directory(path);
  if (!place) return std::unexpected(place.error());
  for (const auto operation : {Operation::opendir, Operation::readdir})
    if (const int error = pass({operation, path, place->inode.get()}).error) return std::unexpected(error);
  place = locate_directory(path);
  if (!place) return std::unexpected(place.error());
  std::vector<std::string> names;
  for (const auto& [name, inode] : place->inode->directory.names()) names.push_back(name);
  return names;
}

Result<FileStat> MemoryDisk::stat(const std::string& path) {
  return kernel_.operation("FileSystem::stat needs a fiber without locks and exceptions in flight", [&] {
    const auto normal = normal_path(path);
    return Concluding{kernel_, PortCall::stat, digest(normal), "stat", path}(do_stat(normal));
  });
}

Answer<FileStat> MemoryDisk::do_stat(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate_existing(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = pass({Operation::getattr, path}).error) return std::unexpected(error);
  place = locate_existing(path);
  if (!place) return std::unexpected(place.error());
  return FileStat{.size = place->inode->content.size(), .is_directory = place->inode->is_directory};
}

Status MemoryDisk::sync_directory(const std::string& path) {
  return kernel_.operation("FileSystem::sync_directory needs a fiber without locks and exceptions in flight",
                           [&] {
                             const auto normal = normal_path(path);
                             return Concluding{kernel_, PortCall::sync_directory, digest(normal),
                                               "sync directory", path}(do_sync_directory(normal));
                           });
}

Answer<void> MemoryDisk::do_sync_directory(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  const auto place = locate_directory(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = pass({Operation::opendir, path, place->inode.get()}).error)
    return std::unexpected(error);
  const auto begin = ledger_.moment();
  if (const int error = pass({Operation::fsyncdir, path, place->inode.get()}).error)
    return std::unexpected(error);
  lost_for_good(ledger_.directory_synced(place->inode->number, begin));
  return {};
}

Result<Space> MemoryDisk::space(const std::string& path) {
  return kernel_.operation("FileSystem::space needs a fiber without locks and exceptions in flight", [&] {
    const auto normal = normal_path(path);
    return Concluding{kernel_, PortCall::space, digest(normal), "space of", path}(do_space(normal));
  });
}

Answer<Space> MemoryDisk::do_space(const std::string& path) {
  if (const int error = look_up(path)) return std::unexpected(error);
  auto place = locate_existing(path);
  if (!place) return std::unexpected(place.error());
  if (const int error = pass({Operation::statfs, path, place->inode.get()}).error)
    return std::unexpected(error);
  const auto total = settings_.capacity.value_or(kUnlimitedBytes);
  Space space{.free_bytes = total,
              .total_bytes = total,
              .free_inodes = kInodes - std::min<std::uint64_t>(kInodes, inodes_.size())};
  const auto within = within_mount(path);
  if (!within) return space;
  if (capacity_.limited()) space.free_bytes = capacity_.left_bytes();
  const faultfs::SpaceLeft left = injector_.space_left(*within);
  space.free_bytes = std::min(space.free_bytes, left.bytes.value_or(space.free_bytes));
  space.free_inodes = std::min(space.free_inodes, left.inodes.value_or(space.free_inodes));
  return space;
}

}  // namespace holdfast::world
