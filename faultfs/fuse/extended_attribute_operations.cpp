// Extended attributes. Access control lists are refused as by a file system mounted without them: the
// kernel would show them and not obey them, or ask for one at every step of every path.
#include <linux/limits.h>
#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

bool is_access_list(std::string_view name) {
  return name == "system.posix_acl_access" || name == "system.posix_acl_default";
}

void refuse_access_list(fuse_req_t request) { fuse_reply_err(request, EOPNOTSUPP); }

// What the caller may know of; others than root do not see what only root can read.
bool is_listed(std::string_view name, uid_t caller) {
  return !is_access_list(name) && (caller == 0 || !name.starts_with("trusted."));
}

// Keeps the listed ones of `names`, each ended by a zero byte.
std::string listed(std::string_view names, uid_t caller) {
  std::string kept;
  while (!names.empty()) {
    const auto end = std::min(names.find('\0'), names.size() - 1) + 1;
    if (is_listed(names.substr(0, end - 1), caller)) kept += names.substr(0, end);
    names.remove_prefix(end);
  }
  return kept;
}

// An answer of `room` bytes at most, or, when that is 0, how many it would have.
void answer_bytes(fuse_req_t request, std::string_view bytes, std::size_t room) {
  if (room == 0) {
    fuse_reply_xattr(request, bytes.size());
  } else if (bytes.size() > room) {
    fuse_reply_err(request, ERANGE);
  } else {
    fuse_reply_buf(request, bytes.data(), bytes.size());
  }
}

void answer_value(fuse_req_t request, const Node& node, const char* name, std::size_t room) {
  std::vector<char> value(room);
  const ssize_t size = ::getxattr(DescriptorPath(node.descriptor()).c_str(), name, value.data(), room);
  if (size < 0) return answer(request, -1);
  if (room == 0) return static_cast<void>(fuse_reply_xattr(request, static_cast<std::size_t>(size)));
  fuse_reply_buf(request, value.data(), static_cast<std::size_t>(size));
}

void answer_names(fuse_req_t request, const Node& node, std::size_t room) {
  std::vector<char> names(XATTR_LIST_MAX);
  const ssize_t size = ::listxattr(DescriptorPath(node.descriptor()).c_str(), names.data(), names.size());
  if (size < 0) return answer(request, -1);
  answer_bytes(request, listed({names.data(), static_cast<std::size_t>(size)}, fuse_req_ctx(request)->uid),
               room);
}

void getxattr(fuse_req_t request, fuse_ino_t id, const char* name, std::size_t size) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::getxattr, path), Place::here,
             [request, node = std::move(node), name = std::string(name), size](const Decision&) {
               if (is_access_list(name)) return refuse_access_list(request);
               answer_value(request, *node, name.c_str(), size);
             });
}

void listxattr(fuse_req_t request, fuse_ino_t id, std::size_t size) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(
      request, call_of(request, Operation::listxattr, path), Place::here,
      [request, node = std::move(node), size](const Decision&) { answer_names(request, *node, size); });
}

void setxattr(fuse_req_t request, fuse_ino_t id, const char* name, const char* value, std::size_t size,
              int flags) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::setxattr, path), Place::here,
             [request, node = std::move(node), name = std::string(name), value = std::string(value, size),
              flags](const Decision&) {
               if (is_access_list(name)) return refuse_access_list(request);
               answer(request, ::setxattr(DescriptorPath(node->descriptor()).c_str(), name.c_str(),
                                          value.data(), value.size(), flags));
             });
}

void removexattr(fuse_req_t request, fuse_ino_t id, const char* name) {
  auto& fs = Passthrough::of(request);
  auto node = fs.nodes.at(id);
  const auto path = fs.nodes.path_of(*node);
  fs.perform(request, call_of(request, Operation::removexattr, path), Place::here,
             [request, node = std::move(node), name = std::string(name)](const Decision&) {
               if (is_access_list(name)) return refuse_access_list(request);
               answer(request, ::removexattr(DescriptorPath(node->descriptor()).c_str(), name.c_str()));
             });
}

}  // namespace

void add_extended_attribute_operations(fuse_lowlevel_ops& table) {
  table.getxattr = getxattr;
  table.listxattr = listxattr;
  table.setxattr = setxattr;
  table.removexattr = removexattr;
}

}  // namespace holdfast::faultfs
