// The inodes that the kernel knows, each with a descriptor of its own and the path by which rules
// see it.
//
//   NodePtr node = nodes.enter(parent, "1.seg", status);    // on lookup and create
//   std::string path = nodes.path_of(*node);                // "spool/1.seg", at this moment
//   nodes.forget(id_of(*node), 1);
//
// A node keeps its parent and its name there, so renaming a directory renames everything below it.
// A file with several hard links answers to the name it was last looked up by; an unlinked one
// keeps its last. Safe from any thread. Errors are errno values.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace holdfast::faultfs {

using NodeId = std::uint64_t;  // as the kernel sees it: the root is 1, others are addresses of nodes

inline constexpr NodeId kRootId = 1;

struct InodeKey {
  dev_t device = 0;
  ino_t number = 0;
  bool operator==(const InodeKey&) const = default;
};
// What the space budget calls this inode.
std::uint64_t space_id(const InodeKey& key);
InodeKey key_of(const struct stat& status);

class Node;
using NodePtr = std::shared_ptr<Node>;

class Node : public std::enable_shared_from_this<Node> {
 public:
  Node(int descriptor, const struct stat& status);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  int descriptor() const { return descriptor_; }  // O_PATH
  const InodeKey& key() const { return key_; }

 private:
  friend class NodeTable;
  int descriptor_;
  InodeKey key_;
  bool is_directory_;
  // Guarded by the table.
  NodePtr parent_;
  std::string name_;
  std::uint64_t lookups_ = 0;
  std::uint32_t handles_ = 0;
};

class NodeTable {
 public:
  // Takes over the descriptor of the backing directory.
  NodeTable(int root_descriptor, const struct stat& root);

  const NodePtr& root() const { return root_; }
  NodePtr at(NodeId id) const;
  NodeId id_of(const Node& node) const;

  // The node of this name, entered if new, with one more lookup to forget.
  std::expected<NodePtr, int> enter(const NodePtr& parent, const char* name, struct stat& status);
  // ... of one that was just made, so is not known.
  std::expected<NodePtr, int> enter_made(const NodePtr& parent, const char* name, struct stat& status);
  // The node of a file that is open under `descriptor` and has no name there yet; rules see it by `name`.
  std::expected<NodePtr, int> enter_nameless(const NodePtr& parent, const char* name, int descriptor,
                                             struct stat& status);
  void forget(NodeId id, std::uint64_t lookups);
  void renamed(const InodeKey& key, const NodePtr& parent, std::string_view name);

  std::string path_of(const Node& node) const;
  std::string path_of(const Node& parent, std::string_view name) const;

  void handle_opened(Node& node);
  // True when this was the last.
  bool handle_closed(Node& node);
  bool has_handles(const InodeKey& key) const;

  // Calls `tell` with each new inode beyond `most`; 0: never.
  void when_crowded(std::size_t most, std::function<void()> tell);
  struct Leaf {
    NodeId parent;
    std::string name;
  };
  // Names of inodes that were met first, are no directories and not open.
  std::vector<Leaf> oldest_leaves(std::size_t count);
  std::size_t size() const;

 private:
  struct Hash {
    std::size_t operator()(const InodeKey& key) const { return space_id(key); }
  };
  NodePtr root_;
  mutable std::mutex mutex_;
  std::unordered_map<InodeKey, NodePtr, Hash> nodes_;
  std::deque<std::weak_ptr<Node>> by_age_;
  std::size_t most_ = 0;
  std::function<void()> tell_crowded_;

  void note_age(const NodePtr& fresh);

  // Takes over the descriptor (O_PATH).
  std::expected<NodePtr, int> enter_new(const NodePtr& parent, const char* name, int descriptor,
                                        struct stat& status);
  NodePtr find_and_name(const InodeKey& key, const NodePtr& parent, const char* name);
};

}  // namespace holdfast::faultfs
