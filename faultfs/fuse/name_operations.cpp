// Names: lookup and forget, making, removing and renaming them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "faultfs/fuse/as_caller.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

fuse_entry_param entry_of(const Passthrough& fs, const Node& node, const struct stat& status) {
  fuse_entry_param entry{};
  entry.ino = fs.nodes.id_of(node);
  entry.attr = status;
  entry.attr_timeout = entry.entry_timeout = fs.name_lease();
  return entry;
}

// Answers with the entry of a name that exists.
void answer_entry(fuse_req_t request, const NodePtr& parent, const char* name) {
  auto& fs = Passthrough::of(request);
  struct stat status {};
  const auto node = fs.nodes.enter(parent, name, status);
  if (!node) {
    fuse_reply_err(request, node.error());
    return;
  }
  const auto entry = entry_of(fs, **node, status);
  if (fuse_reply_entry(request, &entry) != 0) fs.nodes.forget(entry.ino, 1);
}

void lookup(fuse_req_t request, fuse_ino_t parent_id, const char* name) {
  auto& fs = Passthrough::of(request);
  auto parent = fs.nodes.at(parent_id);
  const auto path = fs.nodes.path_of(*parent, name);
  fs.perform(request, call_of(request, Operation::lookup, path), Place::here,
             [request, parent = std::move(parent), name = std::string(name)](const Decision&) {
               answer_entry(request, parent, name.c_str());
             });
}

void forget(fuse_req_t request, fuse_ino_t id, std::uint64_t lookups) {
  Passthrough::of(request).nodes.forget(id, lookups);
  fuse_reply_none(request);
}

void forget_multi(fuse_req_t request, std::size_t count, fuse_forget_data* forgets) {
  auto& fs = Passthrough::of(request);
  for (std::size_t i = 0; i < count; ++i) fs.nodes.forget(forgets[i].ino, forgets[i].nlookup);
  fuse_reply_none(request);
}

template <class Make>
int make_as_caller(fuse_req_t request, const Make& make, int directory, const char* name) {
  const AsCaller owner(request);
  return make(directory, name);
}

// Makes a name by `make(directory descriptor, name)`, logs it, and answers with its entry.
template <class Make>
void make_name(fuse_req_t request, fuse_ino_t parent_id, const char* name, Operation operation,
               std::string_view logged_as, Make make) {
  auto& fs = Passthrough::of(request);
  auto parent = fs.nodes.at(parent_id);
  auto path = fs.nodes.path_of(*parent, name);
  const Call call = call_of(request, operation, path);
  fs.perform(request, call, Place::here,
             [request, parent = std::move(parent), name = std::string(name), path, logged_as,
              make = std::move(make)](const Decision&) {
               const int made = Passthrough::of(request).durability.make({*parent, name, path}, [&] {
                 return make_as_caller(request, make, parent->descriptor(), name.c_str());
               });
               if (made != 0) return answer(request, -1);
               Passthrough::of(request).faults.made_inode(path, fuse_req_ctx(request)->uid);
               Passthrough::of(request).syncs.named(logged_as, path);
               answer_entry(request, parent, name.c_str());
             });
}

void mknod(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode, dev_t device) {
  make_name(
      request, parent, name, Operation::mknod, "create",
      [mode, device](int directory, const char* made) { return ::mknodat(directory, made, mode, device); });
}

void mkdir(fuse_req_t request, fuse_ino_t parent, const char* name, mode_t mode) {
  make_name(request, parent, name, Operation::mkdir, "mkdir",
            [mode](int directory, const char* made) { return ::mkdirat(directory, made, mode); });
}

void symlink(fuse_req_t request, const char* target, fuse_ino_t parent, const char* name) {
  make_name(request, parent, name, Operation::symlink, "create",
            [target = std::string(target)](int directory, const char* made) {
              return ::symlinkat(target.c_str(), directory, made);
            });
}

void link(fuse_req_t request, fuse_ino_t id, fuse_ino_t parent_id, const char* name) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  auto parent = fs.nodes.at(parent_id);
  auto path = fs.nodes.path_of(*parent, name);
  Call call = call_of(request, Operation::link, path);
  call.new_name = true;
  fs.perform(request, call, Place::here,
             [request, node = std::move(node), parent = std::move(parent), name = std::string(name),
              path](const Decision&) {
               const DescriptorPath source(node->descriptor());
               const int linked = Passthrough::of(request).durability.link({*parent, name, path}, [&] {
                 return ::linkat(AT_FDCWD, source.c_str(), parent->descriptor(), name.c_str(),
                                 AT_SYMLINK_FOLLOW);
               });
               if (linked != 0) return answer(request, -1);
               Passthrough::of(request).syncs.named("create", path);
               answer_entry(request, parent, name.c_str());
             });
}

// What a name stood for just before it goes. The inode and its blocks come back with the last link and
// handle.
struct Doomed {
  InodeKey key;
  bool is_last_link = false;
  std::string path{};
  std::uint64_t size = 0;
  std::uint32_t owner = 0;

  SeenFile file() const { return {space_id(key), size, path, owner}; }
};

std::optional<Doomed> look_at_doomed(Passthrough& fs, const Node& parent, const char* name) {
  struct stat status {};
  if (::fstatat(parent.descriptor(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  const bool is_last = S_ISDIR(status.st_mode) || status.st_nlink == 1;
  const Doomed doomed{key_of(status), is_last, fs.nodes.path_of(parent, name),
                      static_cast<std::uint64_t>(status.st_size), status.st_uid};
  if (S_ISREG(status.st_mode) && is_last) fs.faults.adopt(doomed.file());
  return doomed;
}

void reclaim(Passthrough& fs, const std::optional<Doomed>& doomed) {
  if (doomed && doomed->is_last_link && !fs.nodes.has_handles(doomed->key)) {
    fs.faults.removed(doomed->file());
  }
}

void remove_name(fuse_req_t request, fuse_ino_t parent_id, const char* name, Operation operation, int flags) {
  auto& fs = Passthrough::of(request);
  auto parent = fs.nodes.at(parent_id);
  auto path = fs.nodes.path_of(*parent, name);
  const Call call = call_of(request, operation, path);
  fs.perform(request, call, Place::here,
             [request, parent = std::move(parent), name = std::string(name), path, operation,
              flags](const Decision&) {
               auto& owner = Passthrough::of(request);
               const auto doomed = look_at_doomed(owner, *parent, name.c_str());
               const int removed = owner.durability.remove({*parent, name, path}, [&] {
                 return ::unlinkat(parent->descriptor(), name.c_str(), flags);
               });
               if (removed != 0) return answer(request, -1);
               reclaim(owner, doomed);
               owner.syncs.named(to_string(operation), path);
               answer(request, 0);
             });
}

void unlink(fuse_req_t request, fuse_ino_t parent, const char* name) {
  remove_name(request, parent, name, Operation::unlink, 0);
}

void rmdir(fuse_req_t request, fuse_ino_t parent, const char* name) {
  remove_name(request, parent, name, Operation::rmdir, AT_REMOVEDIR);
}

struct Rename {
  NodePtr from_parent;
  std::string from_name;
  std::string from_path;
  NodePtr to_parent;
  std::string to_name;
  std::string to_path;
  unsigned flags = 0;
};

void do_rename(fuse_req_t request, const Rename& move) {
  auto& fs = Passthrough::of(request);
  const int from = move.from_parent->descriptor();
  const int to = move.to_parent->descriptor();
  struct stat source {};
  if (::fstatat(from, move.from_name.c_str(), &source, AT_SYMLINK_NOFOLLOW) != 0) return answer(request, -1);
  const bool exchange = (move.flags & RENAME_EXCHANGE) != 0;
  auto target = look_at_doomed(fs, *move.to_parent, move.to_name.c_str());
  if (target && target->key == key_of(source)) target.reset();  // two names of one file: nothing happens
  const int renamed = fs.durability.rename(
      {*move.from_parent, move.from_name, move.from_path}, {*move.to_parent, move.to_name, move.to_path},
      exchange,
      [&] { return ::renameat2(from, move.from_name.c_str(), to, move.to_name.c_str(), move.flags); });
  if (renamed != 0) return answer(request, -1);
  if (exchange && target) {
    fs.nodes.renamed(target->key, move.from_parent, move.from_name);
  } else {
    reclaim(fs, target);
  }
  fs.nodes.renamed(key_of(source), move.to_parent, move.to_name);
  fs.syncs.renamed(move.from_path, move.to_path, exchange);
  answer(request, 0);
}

void rename(fuse_req_t request, fuse_ino_t parent, const char* name, fuse_ino_t new_parent,
            const char* new_name, unsigned flags) {
  auto& fs = Passthrough::of(request);
  Rename move{fs.nodes.at(parent), name, {}, fs.nodes.at(new_parent), new_name, {}, flags};
  move.from_path = fs.nodes.path_of(*move.from_parent, name);
  move.to_path = fs.nodes.path_of(*move.to_parent, new_name);
  const std::string path = move.from_path;
  const std::string target = move.to_path;
  Call call = call_of(request, Operation::rename, path);
  call.target = target;
  if (fs.faults.may_meet({Operation::rename}))
    call.new_name = ::faccessat(move.to_parent->descriptor(), new_name, F_OK, AT_SYMLINK_NOFOLLOW) != 0;
  fs.perform(request, call, Place::here,
             [request, move = std::move(move)](const Decision&) { do_rename(request, move); });
}

void readlink(fuse_req_t request, fuse_ino_t id) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::readlink, path), Place::here,
             [request, node = std::move(node)](const Decision&) {
               char target[PATH_MAX + 1];
               const ssize_t length = ::readlinkat(node->descriptor(), "", target, sizeof target - 1);
               if (length < 0) return answer(request, -1);
               target[length] = '\0';
               fuse_reply_readlink(request, target);
             });
}

}  // namespace

void add_name_operations(fuse_lowlevel_ops& table) {
  table.lookup = lookup;
  table.forget = forget;
  table.forget_multi = forget_multi;
  table.mknod = mknod;
  table.mkdir = mkdir;
  table.symlink = symlink;
  table.link = link;
  table.unlink = unlink;
  table.rmdir = rmdir;
  table.rename = rename;
  table.readlink = readlink;
}

}  // namespace holdfast::faultfs
