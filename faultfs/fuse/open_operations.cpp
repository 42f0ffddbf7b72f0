// Opening and closing files: open, create, files without a name (O_TMPFILE), release.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "faultfs/fuse/as_caller.h"
#include "faultfs/fuse/file_handle.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

// How rules see a file that was made without a name.
constexpr const char* kPathOfNameless = "#nameless";

// Flags for the backing file. Truncation arrives as a request of its own; offsets of appending
// writes come from the kernel, which knows the size, and so does whether a write must be durable;
// buffers are ours, so not aligned for O_DIRECT.
int backing_flags(int flags) {
  constexpr int kDropped = O_TRUNC | O_APPEND | O_DIRECT | O_NOFOLLOW | O_CREAT | O_EXCL | O_SYNC;
  return (flags & ~kDropped) | O_CLOEXEC | O_NOCTTY;
}

// `status`: of the file as it was opened.
void attach(Passthrough& fs, fuse_file_info* info, int descriptor, NodePtr node, const struct stat& status) {
  if ((info->flags & O_ACCMODE) != O_RDONLY)
    fs.faults.adopt({space_id(node->key()), static_cast<std::uint64_t>(status.st_size),
                     fs.nodes.path_of(*node), status.st_uid});
  // From a file that the kernel writes by itself nobody takes the set-id bits off.
  const bool has_set_id = (status.st_mode & (S_ISUID | S_ISGID)) != 0;
  const auto way = fs.bytes.opened(*node, !has_set_id && !fs.nodes.has_handles(node->key()));
  const bool backed = way.backing != 0;
  if (backed) KernelChannel::back_next_open(way.backing);
  fs.nodes.handle_opened(*node);
  FileHandle* handle = fs.handles.add(std::make_unique<FileHandle>(descriptor, std::move(node), info->flags,
                                                                   fs.next_handle(), status.st_uid));
  handle->backed = backed;
  info->fh = reinterpret_cast<std::uint64_t>(handle);
  info->direct_io = (backed ? way.arrives : fs.share.caching == Caching::nothing) ? 1 : 0;
  info->keep_cache = 0;
}

// Closes; gives the blocks back when this was the last handle of a file without a name.
void detach(Passthrough& fs, FileHandle* handle) {
  struct stat status {};
  const bool nameless = ::fstat(handle->descriptor, &status) == 0 && status.st_nlink == 0;
  const NodePtr node = handle->node;
  const bool last = fs.nodes.handle_closed(*node);
  if (handle->backed) fs.bytes.closed(*node);
  fs.handles.remove(handle);
  if (nameless && last) {
    const auto path = fs.nodes.path_of(*node);
    fs.faults.removed({space_id(node->key()), 0, path, status.st_uid});
    fs.durability.closed_nameless(*node);
  }
}

void do_open(fuse_req_t request, NodePtr node, fuse_file_info info) {
  const int descriptor = ::open(DescriptorPath(node->descriptor()).c_str(), backing_flags(info.flags));
  if (descriptor < 0) return answer(request, -1);
  auto& fs = Passthrough::of(request);
  struct stat status {};
  (void)::fstat(descriptor, &status);
  attach(fs, &info, descriptor, std::move(node), status);
  // The caller was killed meanwhile: no release will come.
  if (fuse_reply_open(request, &info) != 0) detach(fs, handle_of(&info));
}

void open(fuse_req_t request, fuse_ino_t id, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  Call call = call_of(request, Operation::open, path);
  call.for_writing = (info->flags & O_ACCMODE) != O_RDONLY || (info->flags & O_TRUNC) != 0;
  call.open_flags = info->flags;
  fs.perform(request, call, Place::here, [request, node = std::move(node), info = *info](const Decision&) {
    do_open(request, node, info);
  });
}

struct Creation {
  NodePtr parent;
  std::string name;
  std::string path;
  mode_t mode;
  fuse_file_info info;
};

// Answers with the made or found file, open under `descriptor`.
void answer_created(fuse_req_t request, const Creation& creation, int descriptor,
                    const std::expected<NodePtr, int>& node, fuse_entry_param entry) {
  auto& fs = Passthrough::of(request);
  if (!node) {
    ::close(descriptor);
    fuse_reply_err(request, node.error());
    return;
  }
  entry.ino = fs.nodes.id_of(**node);
  entry.attr_timeout = entry.entry_timeout = fs.name_lease();
  fuse_file_info info = creation.info;
  attach(fs, &info, descriptor, *node, entry.attr);
  if (fuse_reply_create(request, &entry, &info) == 0) return;
  detach(fs, handle_of(&info));
  fs.nodes.forget(entry.ino, 1);
}

// Exclusive first, so that it is known whether the name is new.
int open_or_make(fuse_req_t request, const Creation& creation, bool& is_new) {
  const AsCaller owner(request);
  const int flags = backing_flags(creation.info.flags) | O_NOFOLLOW | O_CREAT;
  const int parent = creation.parent->descriptor();
  const int made = ::openat(parent, creation.name.c_str(), flags | O_EXCL, creation.mode);
  is_new = made >= 0;
  if (is_new || errno != EEXIST || (creation.info.flags & O_EXCL) != 0) return made;
  return ::openat(parent, creation.name.c_str(), flags, creation.mode);
}

void do_create(fuse_req_t request, const Creation& creation) {
  auto& fs = Passthrough::of(request);
  bool is_new = false;
  int descriptor = -1;
  (void)fs.durability.make({*creation.parent, creation.name, creation.path}, [&] {
    descriptor = open_or_make(request, creation, is_new);
    return is_new ? 0 : -1;
  });
  if (descriptor < 0) return answer(request, -1);
  if (is_new) {
    fs.faults.made_inode(creation.path, fuse_req_ctx(request)->uid);
    fs.syncs.named("create", creation.path);
  }
  fuse_entry_param entry{};
  const char* name = creation.name.c_str();
  const auto node = is_new ? fs.nodes.enter_made(creation.parent, name, entry.attr)
                           : fs.nodes.enter(creation.parent, name, entry.attr);
  answer_created(request, creation, descriptor, node, entry);
}

int make_nameless(fuse_req_t request, const Creation& creation) {
  const AsCaller owner(request);
  const int flags = backing_flags(creation.info.flags) | O_TMPFILE | (creation.info.flags & O_EXCL);
  return ::openat(creation.parent->descriptor(), ".", flags, creation.mode);
}

void do_create_nameless(fuse_req_t request, const Creation& creation) {
  auto& fs = Passthrough::of(request);
  const int descriptor = make_nameless(request, creation);
  if (descriptor < 0) return answer(request, -1);
  fs.faults.made_inode(creation.path, fuse_req_ctx(request)->uid);
  fuse_entry_param entry{};
  const auto node = fs.nodes.enter_nameless(creation.parent, kPathOfNameless, descriptor, entry.attr);
  if (node) fs.durability.made_nameless(entry.attr);
  answer_created(request, creation, descriptor, node, entry);
}

void create(fuse_req_t request, fuse_ino_t parent_id, const char* name, mode_t mode, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  const bool nameless = name == kNameless;
  Creation creation{fs.nodes.at(parent_id), name, {}, mode, *info};
  creation.path = fs.nodes.path_of(*creation.parent, nameless ? kPathOfNameless : name);
  const std::string path = creation.path;
  Call call = call_of(request, Operation::create, path);
  call.exclusive = nameless || (info->flags & O_EXCL) != 0;
  call.open_flags = info->flags;
  fs.perform(request, call, Place::here,
             [request, nameless, creation = std::move(creation)](const Decision&) {
               nameless ? do_create_nameless(request, creation) : do_create(request, creation);
             });
}

void release(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  auto& fs = Passthrough::of(request);
  FileHandle* handle = handle_of(info);
  const auto path = fs.nodes.path_of(*handle->node);
  // Nobody hears an error of release, but a rule may delay it or log it. The handle goes in any case.
  Judgement judged = fs.faults.judge(call_on(request, Operation::release, *handle, path));
  judged.decision.error = 0;
  const auto close_it = [request, handle] {
    detach(Passthrough::of(request), handle);
    fuse_reply_err(request, 0);
  };
  if (judged.decision.delay.count() == 0) return close_it();
  fs.carry_out_in_any_case(request, judged, close_it);
}

}  // namespace

void add_open_operations(fuse_lowlevel_ops& table) {
  table.open = open;
  table.create = create;
  table.release = release;
}

}  // namespace holdfast::faultfs
