// Keeps the number of files that the kernel remembers, each a descriptor of the daemon's, below what the
// daemon may open: asks the kernel to forget those that were met first and are not open. Directories stay,
// since some process may be in one.
//
//   Forgetter forgetter(session, fs.nodes, most);      // once mounted
//   ...
//   if (!forgetter.end()) ...                          // once unmounted: the session must not go
//
// Asking waits for the lock of a directory, which a request may hold that only the request thread ends; so it
// has a thread of its own, and one that is still waiting when the mount ends is left behind.
#pragma once

#include <cstddef>
#include <memory>

struct fuse_session;

namespace holdfast::faultfs {

class NodeTable;

class Forgetter {
 public:
  Forgetter(fuse_session* session, NodeTable& nodes, std::size_t most);
  ~Forgetter() { (void)end(); }
  Forgetter(const Forgetter&) = delete;
  Forgetter& operator=(const Forgetter&) = delete;

  // Whether the thread ended within a moment.
  bool end();

 private:
  struct State;
  std::shared_ptr<State> state_;
  NodeTable& nodes_;
};

}  // namespace holdfast::faultfs
