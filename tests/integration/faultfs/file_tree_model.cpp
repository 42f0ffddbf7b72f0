#include "tests/integration/faultfs/file_tree_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::faultfs {

FileTreeModel::FileTreeModel() : root_(std::make_shared<Inode>(Inode{Kind::directory})) {}

FileTreeModel::Place FileTreeModel::find(const std::string& path, Last last) const {
  int symlinks = 0;
  return walk(root_, path, last, symlinks);
}

FileTreeModel::Place FileTreeModel::walk(InodePtr at, const std::string& path, Last last,
                                         int& symlinks) const {
  for (std::size_t begin = 0;;) {
    const auto slash = path.find('/', begin);
    const bool is_last = slash == std::string::npos;
    const auto name = path.substr(begin, slash - begin);
    if (at->kind != Kind::directory) return {"ENOTDIR"};
    const auto entry = at->entries.find(name);
    Place place{nullptr, at, name, entry == at->entries.end() ? nullptr : entry->second};
    if (place.inode && place.inode->kind == Kind::symlink && (!is_last || last == Last::followed)) {
      if (++symlinks > kMostSymlinks) return {"ELOOP"};
      place = walk(at, place.inode->bytes, Last::followed, symlinks);
    }
    if (is_last || place.error != nullptr) return place;
    if (!place.inode) return {"ENOENT"};
    at = place.inode;
    begin = slash + 1;
  }
}

bool FileTreeModel::is_below(const InodePtr& inode, const InodePtr& top) {
  if (inode == top) return true;
  return std::ranges::any_of(top->entries, [&](const auto& entry) { return is_below(inode, entry.second); });
}

std::string FileTreeModel::answer(const Step& step) {
  switch (step.act) {
    case Act::create: return make(step, Kind::file);
    case Act::mkdir: return make(step, Kind::directory);
    case Act::symlink: return make(step, Kind::symlink);
    case Act::open: return open(step);
    case Act::append: return append(step);
    case Act::truncate_path: return truncate_path(step);
    case Act::rmdir:
    case Act::unlink: return remove(step);
    case Act::rename:
    case Act::exchange:
    case Act::rename_new: return rename(step);
    case Act::link: return link(step);
    case Act::readlink:
    case Act::look: return look(step);
    case Act::list: return list(step);
    default: return on_slot(step);
  }
}

std::string FileTreeModel::make(const Step& step, Kind kind) {
  const Place place = find(step.path, Last::itself);
  if (place.error != nullptr) return place.error;
  if (place.inode) return "EEXIST";
  const auto made = std::make_shared<Inode>(Inode{kind});
  if (kind == Kind::symlink) made->bytes = step.to;
  place.directory->entries[place.name] = made;
  if (kind == Kind::file) slots_[step.slot] = made;
  return "0";
}

std::string FileTreeModel::open(const Step& step) {
  const Place place = find(step.path, Last::followed);
  if (place.error != nullptr) return place.error;
  if (!place.inode) return "ENOENT";
  if (place.inode->kind == Kind::directory) return "EISDIR";
  slots_[step.slot] = place.inode;
  return "0";
}

// Opens for appending, makes the file if need be, and closes.
std::string FileTreeModel::append(const Step& step) {
  const Place place = find(step.path, Last::followed);
  if (place.error != nullptr) return place.error;
  if (place.inode && place.inode->kind == Kind::directory) return "EISDIR";
  InodePtr& file = place.directory->entries[place.name];
  if (!file) file = std::make_shared<Inode>(Inode{Kind::file});
  file->bytes.append(step.size, step.letter);
  return fmt::format("{}", step.size);
}

std::string FileTreeModel::truncate_path(const Step& step) {
  const Place place = find(step.path, Last::followed);
  if (place.error != nullptr) return place.error;
  if (!place.inode) return "ENOENT";
  if (place.inode->kind == Kind::directory) return "EISDIR";
  place.inode->bytes.resize(step.size);
  return "0";
}

std::string FileTreeModel::remove(const Step& step) {
  const Place place = find(step.path, Last::itself);
  if (place.error != nullptr) return place.error;
  if (!place.inode) return "ENOENT";
  const bool is_directory = place.inode->kind == Kind::directory;
  if (step.act == Act::unlink && is_directory) return "EISDIR";
  if (step.act == Act::rmdir && !is_directory) return "ENOTDIR";
  if (step.act == Act::rmdir && !place.inode->entries.empty()) return "ENOTEMPTY";
  --place.inode->links;
  place.directory->entries.erase(place.name);
  return "0";
}

std::string FileTreeModel::rename(const Step& step) {
  const Place from = find(step.path, Last::itself);
  if (from.error != nullptr) return from.error;
  const Place to = find(step.to, Last::itself);
  if (to.error != nullptr) return to.error;
  const bool exchange = step.act == Act::exchange;
  if (!from.inode) return "ENOENT";
  if (step.act == Act::rename_new && to.inode) return "EEXIST";
  if (exchange && !to.inode) return "ENOENT";
  if (is_below(to.directory, from.inode)) return "EINVAL";
  if (to.inode && is_below(from.directory, to.inode)) return exchange ? "EINVAL" : "ENOTEMPTY";
  if (from.inode == to.inode) return "0";
  if (exchange) {
    std::swap(from.directory->entries[from.name], to.directory->entries[to.name]);
    return "0";
  }
  if (to.inode) {
    const bool from_directory = from.inode->kind == Kind::directory;
    const bool to_directory = to.inode->kind == Kind::directory;
    if (from_directory && !to_directory) return "ENOTDIR";
    if (!from_directory && to_directory) return "EISDIR";
    if (!to.inode->entries.empty()) return "ENOTEMPTY";
    --to.inode->links;
  }
  from.directory->entries.erase(from.name);
  to.directory->entries[to.name] = from.inode;
  return "0";
}

std::string FileTreeModel::link(const Step& step) {
  const Place from = find(step.path, Last::itself);
  if (from.error != nullptr) return from.error;
  if (!from.inode) return "ENOENT";
  const Place to = find(step.to, Last::itself);
  if (to.error != nullptr) return to.error;
  if (to.inode) return "EEXIST";
  if (from.inode->kind == Kind::directory) return "EPERM";
  ++from.inode->links;
  to.directory->entries[to.name] = from.inode;
  return "0";
}

std::string FileTreeModel::look(const Step& step) const {
  const Place place = find(step.path, Last::itself);
  if (place.error != nullptr) return place.error;
  if (!place.inode) return "ENOENT";
  const Inode& inode = *place.inode;
  if (step.act == Act::readlink) return inode.kind == Kind::symlink ? inode.bytes : "EINVAL";
  if (inode.kind == Kind::directory) return "directory";
  return fmt::format("{}, {} bytes, {} links", inode.kind == Kind::file ? "file" : "symlink",
                     inode.bytes.size(), inode.links);
}

std::string FileTreeModel::list(const Step& step) const {
  const Place place = find(step.path, Last::followed);
  if (place.error != nullptr) return place.error;
  if (!place.inode) return "ENOENT";
  if (place.inode->kind != Kind::directory) return "ENOTDIR";
  std::string names;
  for (const auto& entry : place.inode->entries) names += entry.first + " ";
  return names;
}

std::string FileTreeModel::write(Inode& file, std::uint32_t offset, const std::string& bytes) {
  if (file.bytes.size() < offset + bytes.size()) file.bytes.resize(offset + bytes.size());
  file.bytes.replace(offset, bytes.size(), bytes);
  return fmt::format("{}", bytes.size());
}

std::string FileTreeModel::on_slot(const Step& step) {
  InodePtr& file = slots_[step.slot];
  if (!file) return "nothing there";
  const std::uint32_t end = step.offset + step.size;
  const auto part = [&](const Inode& inode) {
    return step.offset < inode.bytes.size() ? inode.bytes.substr(step.offset, step.size) : std::string();
  };
  switch (step.act) {
    case Act::close: file = nullptr; return "0";
    case Act::sync: return "0";
    case Act::truncate: file->bytes.resize(step.size); return "0";
    case Act::read: return part(*file);
    case Act::write: return write(*file, step.offset, std::string(step.size, step.letter));
    case Act::store:
      if (end > file->bytes.size()) return "beyond its end";
      return write(*file, step.offset, std::string(step.size, step.letter));
    case Act::punch:
      for (std::size_t i = step.offset; i < std::min<std::size_t>(end, file->bytes.size()); ++i)
        file->bytes[i] = '\0';
      return "0";
    case Act::copy: {
      const InodePtr& to = slots_[(step.slot + 1) % kSlots];
      if (!to || to == file) return "nothing there";
      const std::string bytes = part(*file);
      return bytes.empty() ? "0" : write(*to, step.offset, bytes);
    }
    default: return "no such step";
  }
}

void FileTreeModel::describe(const Inode& directory, const std::string& prefix, std::string& text) {
  for (const auto& [name, inode] : directory.entries) {
    text += fmt::format("{}{} {} {}\n", prefix, name, static_cast<int>(inode->kind), inode->bytes);
    if (inode->kind == Kind::directory) describe(*inode, prefix + name + "/", text);
  }
}

std::string FileTreeModel::everything() {
  std::string text;
  describe(*root_, "", text);
  return text;
}

}  // namespace holdfast::faultfs
