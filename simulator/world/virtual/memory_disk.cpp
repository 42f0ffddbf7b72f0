// The frame of the memory disk: how a call passes the faults, how paths are found, what is seen. The
// operations are in memory_disk_names.cpp and memory_disk_files.cpp, what a power cut leaves in
// memory_disk_durability.cpp, and the cut itself in memory_disk_power.cpp.
#include "simulator/world/virtual/memory_disk.h"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "core/base/check.h"
#include "simulator/world/virtual/disk_path.h"

namespace holdfast::world {
namespace {

using faultfs::Operation;

constexpr std::size_t kMaxName = 255;

// The port knows no other flag of open(2).
int access_mode(const OpenMode& mode) {
  if (!mode.write) return O_RDONLY;
  return mode.read ? O_RDWR : O_WRONLY;
}

void add_files(const Inode& directory, const std::string& path, std::vector<std::string>& files) {
  for (const auto& [name, inode] : directory.directory.names()) {
    if (inode->is_directory)
      add_files(*inode, path + "/" + name, files);
    else
      files.push_back(path + "/" + name);
  }
}

}  // namespace

MemoryDisk::MemoryDisk(Kernel& kernel, faultfs::Injector& injector, DiskSettings settings)
    : kernel_(kernel),
      injector_(injector),
      settings_(std::move(settings)),
      mount_root_(normal_path(settings_.mount_root)),
      root_(std::make_shared<Inode>(kRootInode, true)) {
  for (const auto operation : {Operation::fsync, Operation::fsyncdir})
    latency_[static_cast<std::size_t>(operation)] = settings_.latency;
  for (const auto& [operation, latency] : settings_.latencies)
    latency_[static_cast<std::size_t>(operation)] = latency;
  capacity_.limit(settings_.capacity);
  inodes_.emplace(kRootInode, root_);
  injector_.when_armed([this] { on_arming(); });
  InodePtr at = root_;
  for (const auto name : names_in(mount_root_)) {
    auto inode = std::make_shared<Inode>(next_inode_++, true);
    inode->parent = at.get();
    inode->name = name;
    at->directory.put(inode->name, inode);
    inodes_.emplace(inode->number, inode);
    at = std::move(inode);
  }
}

MemoryDisk::~MemoryDisk() { injector_.when_armed({}); }

faultfs::Decision MemoryDisk::pass(const Request& request) {
  faultfs::Decision decision = decide(request);
  wait_for(decision);
  kernel_.sleep_until(after_device(request.operation));
  return decision;
}

faultfs::Decision MemoryDisk::decide(const Request& request) {
  if (const auto path = within_mount(request.path))
    return injector_.decide(call_of(request, *path), kernel_.now());
  faultfs::Decision decision;
  decision.granted = request.size;
  return decision;
}

void MemoryDisk::wait_for(const faultfs::Decision& decision) {
  if (decision.delay.count() > 0) kernel_.wait(delayed_, kernel_.now() + decision.delay);
}

Time MemoryDisk::after_device(Operation operation) const {
  return kernel_.now() + latency_[static_cast<std::size_t>(operation)];
}

faultfs::Call MemoryDisk::call_of(const Request& request, std::string_view path) const {
  const bool has_content = request.inode != nullptr && !request.inode->is_directory;
  return {.operation = request.operation,
          .path = path,
          .offset = request.offset,
          .size = request.size,
          .inode = request.inode != nullptr ? request.inode->number : 0,
          .new_name = request.new_name,
          .target = within_mount(request.target).value_or(std::string_view{}),
          .file_size = has_content ? request.inode->content.size() : 0,
          .for_writing = request.for_writing,
          .exclusive = request.exclusive,
          .by_handle = request.by_handle,
          .open_flags = request.mode.transform(access_mode),
          .handle = request.handle,
          .newest_handle = next_handle_ - 1};
}

void MemoryDisk::on_arming() {
  kernel_.wake_all(delayed_);
  restore();
  damage_at_rest();
}

// Where nobody has written since.
void MemoryDisk::restore() {
  const auto place = locate(mount_root_);
  if (injector_.undo().any_due() && place && place->inode != nullptr) restore_below(*place->inode);
  injector_.undo().drop_due();
}

void MemoryDisk::restore_below(const Inode& directory) {
  for (const auto& [name, inode] : directory.directory.names()) {
    if (inode->is_directory) {
      restore_below(*inode);
      continue;
    }
    for (const auto& place : injector_.undo().take_due(inode->number))
      inode->content.change(
          place.offset, place.offset + place.before.size(),
          [&](std::uint64_t begin, std::span<std::byte> bytes) { put_back(place, begin, bytes); });
  }
}

// A call left over from an older plan finds nothing due, or what is due by the new one.
void MemoryDisk::damage_at_rest() {
  std::string root = mount_root_;
  const auto place = locate(root);
  for (const faultfs::Rule* rule : injector_.take_due_at_rest(kernel_.now()))
    if (place && place->inode != nullptr) damage_below(*place->inode, "", *rule);
  if (const Time next = injector_.next_at_rest(); next != kNever)
    kernel_.at(next, [this] { damage_at_rest(); });
}

// In byte order of the paths' names, as the directories keep them.
void MemoryDisk::damage_below(const Inode& directory, const std::string& prefix, const faultfs::Rule& rule) {
  for (const auto& [name, inode] : directory.directory.names()) {
    const std::string path = prefix + name;
    if (inode->is_directory) {
      damage_below(*inode, path + "/", rule);
      continue;
    }
    for (const auto& hit : injector_.damage_at_rest(rule, path, inode->content.size(), kernel_.now())) {
      const ByteBuffer before = inode->content.read(hit.offset, hit.size);
      ByteBuffer after = before;
      faultfs::apply_damage({&hit, 1}, hit.offset, after);
      injector_.keep_undamaged(inode->number, hit.offset, before, after, rule.effect.corrupt->restore);
      inode->content.change(hit.offset, hit.offset + hit.size,
                            [&](std::uint64_t begin, std::span<std::byte> bytes) {
                              faultfs::apply_damage({&hit, 1}, begin, bytes);
                            });
    }
  }
}

std::optional<std::string_view> MemoryDisk::within_mount(std::string_view path) const {
  if (!path.starts_with(mount_root_)) return std::nullopt;
  path.remove_prefix(mount_root_.size());
  if (path.empty()) return path;
  if (path.front() != '/') return std::nullopt;
  return path.substr(1);
}

Answer<MemoryDisk::Place> MemoryDisk::locate(const std::string& path) const {
  Place place{nullptr, {}, root_};
  for (const auto name : names_in(path)) {
    if (name.size() > kMaxName) return std::unexpected(ENAMETOOLONG);
    if (place.inode == nullptr) return std::unexpected(ENOENT);
    if (!place.inode->is_directory) return std::unexpected(ENOTDIR);
    place.parent = std::move(place.inode);
    place.name = name;
    place.inode = place.parent->directory.find(name);
  }
  return place;
}

Answer<MemoryDisk::Place> MemoryDisk::locate_existing(const std::string& path) const {
  auto place = locate(path);
  if (place && place->inode == nullptr) return std::unexpected(ENOENT);
  return place;
}

Answer<MemoryDisk::Place> MemoryDisk::locate_directory(const std::string& path) const {
  auto place = locate_existing(path);
  if (place && !place->inode->is_directory) return std::unexpected(ENOTDIR);
  return place;
}

// The inode's present path, or the last one it had. Kept until some name above it may have changed.
const std::string& MemoryDisk::path_of(Inode& inode) {
  if (inode.parent == nullptr || inode.path_epoch == path_epoch_) return inode.path;
  inode.path = path_of(*inode.parent) + "/" + inode.name;
  inode.path_epoch = path_epoch_;
  return inode.path;
}

std::optional<ByteBuffer> MemoryDisk::visible_bytes(const std::string& path) const {
  const auto place = locate_existing(path);
  if (!place || place->inode->is_directory) return std::nullopt;
  return place->inode->content.read_all();
}

std::vector<std::string> MemoryDisk::files_below(const std::string& directory) const {
  std::vector<std::string> files;
  const auto place = locate_existing(normal_path(directory));
  if (place && place->inode->is_directory) add_files(*place->inode, directory, files);
  return files;
}

// Frees the descriptor and what hung on it: its lock, and the file if that had lost its last name.
void MemoryDisk::release(std::uint64_t number) {
  const auto found = handles_.find(number);
  if (found == handles_.end()) return;
  const InodePtr inode = std::move(found->second.inode);
  handles_.erase(found);
  if (inode->locked_by == number) inode->locked_by = 0;
  --inode->handles;
  if (inode->parent == nullptr && inode->handles == 0) give_room_back(*inode);
  free_if_unused(*inode);
}

void MemoryDisk::lose_name(Inode& inode) {
  path_of(inode);  // so that an open file keeps the path it was last known by
  inode.parent = nullptr;
  if (inode.handles == 0) give_room_back(inode);
  free_if_unused(inode);
}

// Its room comes back at once, though a power cut may bring it back.
void MemoryDisk::give_room_back(Inode& inode) {
  if (const auto path = within_mount(path_of(inode))) injector_.remove(inode.number, *path, 0);
  capacity_.remove(inode.number);
}

void MemoryDisk::free_if_unused(Inode& inode) {
  if (inode.parent != nullptr || inode.handles > 0 || inode.may_return) return;
  ledger_.forget(inode.number);
  inodes_.erase(inode.number);
}

}  // namespace holdfast::world
