#include "simulator/world/virtual/inode.h"

#include <utility>

namespace holdfast::world {

InodePtr Directory::find_in(const Names& names, std::string_view name) {
  const auto found = names.find(name);
  return found == names.end() ? nullptr : found->second;
}

void Directory::put(const std::string& name, InodePtr inode) {
  visible_[name] = std::move(inode);
  pending_[name] = {};
}

void Directory::take(const std::string& name) {
  visible_.erase(name);
  pending_[name] = {};
}

void Directory::bind(const std::string& name, const InodePtr& other, const std::string& other_name) {
  pending_[name] = {other, other_name};
}

std::vector<std::string> Directory::pending() const {
  std::vector<std::string> names;
  for (const auto& [name, partner] : pending_) names.push_back(name);
  return names;
}

void Directory::commit(const std::string& name) {
  const auto change = pending_.find(name);
  if (change == pending_.end()) return;
  const Partner partner = std::move(change->second);
  pending_.erase(change);
  if (auto inode = find(name)) {
    durable_[name] = std::move(inode);
  } else {
    durable_.erase(name);
  }
  if (const auto other = partner.directory.lock()) other->directory.commit(partner.name);
}

void Directory::commit_all() {
  for (const auto& name : pending()) commit(name);
}

std::vector<InodePtr> Directory::release() {
  std::vector<InodePtr> inodes;
  for (auto* names : {&visible_, &durable_}) {
    for (auto& [name, inode] : *names) inodes.push_back(std::move(inode));
    names->clear();
  }
  pending_.clear();
  return inodes;
}

}  // namespace holdfast::world
