#include "faultfs/fuse/node_table.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/base/check.h"
#include "core/base/random.h"

namespace holdfast::faultfs {

std::uint64_t space_id(const InodeKey& key) { return mix64(key.number ^ mix64(key.device)); }

InodeKey key_of(const struct stat& status) { return {status.st_dev, status.st_ino}; }

Node::Node(int descriptor, const struct stat& status)
    : descriptor_(descriptor), key_(key_of(status)), is_directory_(S_ISDIR(status.st_mode)) {}

Node::~Node() { ::close(descriptor_); }

NodeTable::NodeTable(int root_descriptor, const struct stat& root)
    : root_(std::make_shared<Node>(root_descriptor, root)) {
  root_->lookups_ = 1;
  nodes_.emplace(root_->key_, root_);
}

NodePtr NodeTable::at(NodeId id) const {
  if (id == kRootId) return root_;
  return reinterpret_cast<Node*>(id)->shared_from_this();
}

NodeId NodeTable::id_of(const Node& node) const {
  return &node == root_.get() ? kRootId : reinterpret_cast<NodeId>(&node);
}

NodePtr NodeTable::find_and_name(const InodeKey& key, const NodePtr& parent, const char* name) {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(key);
  if (found == nodes_.end()) return nullptr;
  Node& node = *found->second;
  ++node.lookups_;
  if (&node != root_.get()) {
    node.parent_ = parent;
    node.name_ = name;
  }
  return found->second;
}

std::expected<NodePtr, int> NodeTable::enter(const NodePtr& parent, const char* name, struct stat& status) {
  // Most lookups are of known inodes and then need no descriptor.
  if (::fstatat(parent->descriptor(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) return std::unexpected(errno);
  if (auto known = find_and_name(key_of(status), parent, name)) return known;
  return enter_made(parent, name, status);
}

std::expected<NodePtr, int> NodeTable::enter_made(const NodePtr& parent, const char* name,
                                                  struct stat& status) {
  return enter_new(parent, name, ::openat(parent->descriptor(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC),
                   status);
}

std::expected<NodePtr, int> NodeTable::enter_nameless(const NodePtr& parent, const char* name, int descriptor,
                                                      struct stat& status) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
  return enter_new(parent, name, ::open(path, O_PATH | O_CLOEXEC), status);
}

std::expected<NodePtr, int> NodeTable::enter_new(const NodePtr& parent, const char* name, int descriptor,
                                                 struct stat& status) {
  if (descriptor < 0) return std::unexpected(errno);
  if (::fstat(descriptor, &status) != 0) {
    const int error = errno;
    ::close(descriptor);
    return std::unexpected(error);
  }
  const auto fresh = std::make_shared<Node>(descriptor, status);
  const std::lock_guard lock(mutex_);
  // Another thread's node stays, if two lookups of a new inode crossed.
  const NodePtr node = nodes_.try_emplace(fresh->key_, fresh).first->second;
  ++node->lookups_;
  node->parent_ = parent;
  node->name_ = name;
  if (node == fresh) note_age(node);
  return node;
}

// The forgotten ones leave the list in time that is constant per node.
void NodeTable::note_age(const NodePtr& fresh) {
  constexpr std::size_t kSpare = 1024;
  if (by_age_.size() > 2 * nodes_.size() + kSpare)
    std::erase_if(by_age_, [](const auto& node) { return node.expired(); });
  by_age_.push_back(fresh);
  if (most_ > 0 && nodes_.size() > most_) tell_crowded_();
}

void NodeTable::when_crowded(std::size_t most, std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  most_ = most;
  tell_crowded_ = std::move(tell);
}

std::vector<NodeTable::Leaf> NodeTable::oldest_leaves(std::size_t count) {
  std::vector<Leaf> leaves;
  const std::lock_guard lock(mutex_);
  for (std::size_t left = by_age_.size(); left > 0 && leaves.size() < count; --left) {
    const NodePtr node = by_age_.front().lock();
    by_age_.pop_front();
    if (!node) continue;
    by_age_.push_back(node);
    if (!node->is_directory_ && node->handles_ == 0) leaves.push_back({id_of(*node->parent_), node->name_});
  }
  return leaves;
}

void NodeTable::forget(NodeId id, std::uint64_t lookups) {
  if (id == kRootId) return;
  NodePtr dropped;  // closes its descriptor, and perhaps its parents', after the lock
  const NodePtr node = at(id);
  const std::lock_guard lock(mutex_);
  HOLDFAST_CHECK(lookups <= node->lookups_, "the kernel forgets only what it has looked up");
  node->lookups_ -= lookups;
  if (node->lookups_ > 0) return;
  dropped = node;
  nodes_.erase(node->key_);
}

void NodeTable::renamed(const InodeKey& key, const NodePtr& parent, std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(key);
  if (found == nodes_.end() || found->second == root_) return;
  found->second->parent_ = parent;
  found->second->name_ = name;
}

std::string NodeTable::path_of(const Node& node) const {
  const std::lock_guard lock(mutex_);
  std::size_t length = 0;
  for (const Node* at = &node; at->parent_; at = at->parent_.get()) length += at->name_.size() + 1;
  if (length == 0) return {};
  std::string path(length - 1, '/');
  std::size_t end = path.size();
  for (const Node* at = &node; at->parent_; at = at->parent_.get()) {
    path.replace(end - at->name_.size(), at->name_.size(), at->name_);
    end -= at->name_.size() + (at->parent_->parent_ ? 1 : 0);
  }
  return path;
}

std::string NodeTable::path_of(const Node& parent, std::string_view name) const {
  std::string path = path_of(parent);
  if (!path.empty()) path += '/';
  return path += name;
}

void NodeTable::handle_opened(Node& node) {
  const std::lock_guard lock(mutex_);
  ++node.handles_;
}

bool NodeTable::handle_closed(Node& node) {
  const std::lock_guard lock(mutex_);
  HOLDFAST_CHECK(node.handles_ > 0, "every handle is closed once");
  return --node.handles_ == 0;
}

bool NodeTable::has_handles(const InodeKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(key);
  return found != nodes_.end() && found->second->handles_ > 0;
}

std::size_t NodeTable::size() const {
  const std::lock_guard lock(mutex_);
  return nodes_.size();
}

}  // namespace holdfast::faultfs
