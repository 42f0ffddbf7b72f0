#include "tests/integration/faultfs/real_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>

namespace holdfast::faultfs {
namespace {

std::string answer_of(long result) {
  return result < 0 ? ::strerrorname_np(errno) : fmt::format("{}", result);
}

std::string bytes_at(int file, std::size_t size, off_t offset) {
  std::string bytes(size, ' ');
  const ssize_t got = ::pread(file, bytes.data(), size, offset);
  if (got < 0) return answer_of(-1);
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

std::string link_target(const std::string& path) {
  char target[64];
  const ssize_t size = ::readlink(path.c_str(), target, sizeof target);
  return size < 0 ? answer_of(-1) : std::string(target, static_cast<std::size_t>(size));
}

// None when the directory cannot be listed; errno says why.
std::optional<std::set<std::string>> names_in(const std::string& path) {
  DIR* stream = ::opendir(path.c_str());
  if (stream == nullptr) return std::nullopt;
  std::set<std::string> names;
  while (const dirent* entry = ::readdir(stream))
    if (entry->d_name[0] != '.') names.insert(entry->d_name);
  ::closedir(stream);
  return names;
}

}  // namespace

RealTree::RealTree(std::string root) : root_(std::move(root)) { ::mkdir(root_.c_str(), 0755); }

RealTree::~RealTree() {
  for (const int slot : slots_)
    if (slot >= 0) ::close(slot);
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

std::string RealTree::answer(const Step& step) {
  const std::string path = root_ + "/" + step.path;
  const std::string to = root_ + "/" + step.to;
  const auto rename = [&](unsigned flags) {
    return answer_of(::renameat2(AT_FDCWD, path.c_str(), AT_FDCWD, to.c_str(), flags));
  };
  switch (step.act) {
    case Act::create: return open(step, O_RDWR | O_CREAT | O_EXCL);
    case Act::open: return open(step, O_RDWR);
    case Act::append: return append(step);
    case Act::truncate_path: return answer_of(::truncate(path.c_str(), step.size));
    case Act::mkdir: return answer_of(::mkdir(path.c_str(), 0755));
    case Act::rmdir: return answer_of(::rmdir(path.c_str()));
    case Act::unlink: return answer_of(::unlink(path.c_str()));
    case Act::rename: return rename(0);
    case Act::exchange: return rename(RENAME_EXCHANGE);
    case Act::rename_new: return rename(RENAME_NOREPLACE);
    case Act::link: return answer_of(::link(path.c_str(), to.c_str()));
    case Act::symlink: return answer_of(::symlink(step.to.c_str(), path.c_str()));
    case Act::readlink: return link_target(path);
    case Act::look: return look(step);
    case Act::list: return list(path);
    default: return on_slot(step);
  }
}

std::string RealTree::open(const Step& step, int flags) {
  const int file = ::open((root_ + "/" + step.path).c_str(), flags, 0644);
  if (file < 0) return answer_of(-1);
  int& slot = slots_[step.slot];
  if (slot >= 0) ::close(slot);
  slot = file;
  return "0";
}

std::string RealTree::append(const Step& step) {
  const int file = ::open((root_ + "/" + step.path).c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0) return answer_of(-1);
  const std::string bytes(step.size, step.letter);
  auto told = answer_of(::write(file, bytes.data(), bytes.size()));
  ::close(file);
  return told;
}

std::string RealTree::look(const Step& step) const {
  struct stat status {};
  if (::lstat((root_ + "/" + step.path).c_str(), &status) != 0) return answer_of(-1);
  if (S_ISDIR(status.st_mode)) return "directory";
  return fmt::format("{}, {} bytes, {} links", S_ISREG(status.st_mode) ? "file" : "symlink", status.st_size,
                     status.st_nlink);
}

std::string RealTree::list(const std::string& path) const {
  const auto names = names_in(path);
  if (!names) return answer_of(-1);
  std::string text;
  for (const auto& name : *names) text += name + " ";
  return text;
}

std::string RealTree::store(int file, const Step& step) const {
  struct stat status {};
  const std::size_t end = std::size_t{step.offset} + step.size;
  if (::fstat(file, &status) != 0 || end > static_cast<std::size_t>(status.st_size)) return "beyond its end";
  void* memory = ::mmap(nullptr, end, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) return answer_of(-1);
  std::memset(static_cast<char*>(memory) + step.offset, step.letter, step.size);
  ::munmap(memory, end);
  return fmt::format("{}", step.size);
}

std::string RealTree::on_slot(const Step& step) {
  int& file = slots_[step.slot];
  if (file < 0) return "nothing there";
  const off_t offset = step.offset;
  switch (step.act) {
    case Act::close: return answer_of(::close(std::exchange(file, -1)));
    case Act::sync: return answer_of(::fsync(file));
    case Act::truncate: return answer_of(::ftruncate(file, step.size));
    case Act::read: return bytes_at(file, step.size, offset);
    case Act::write: {
      const std::string bytes(step.size, step.letter);
      return answer_of(::pwrite(file, bytes.data(), bytes.size(), offset));
    }
    case Act::store: return store(file, step);
    case Act::punch:
      return answer_of(::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, step.size));
    case Act::copy: {
      const int to = slots_[(step.slot + 1) % kSlots];
      struct stat ours {
      }, theirs{};
      ::fstat(file, &ours);
      if (to < 0 || ::fstat(to, &theirs) != 0 || ours.st_ino == theirs.st_ino) return "nothing there";
      off_t from = offset, into = offset;
      return answer_of(::copy_file_range(file, &from, to, &into, step.size, 0));
    }
    default: return "no such step";
  }
}

void RealTree::describe(const std::string& below, std::string& text) const {
  for (const auto& name : names_in(root_ + "/" + below).value_or(std::set<std::string>{})) {
    const std::string path = root_ + "/" + below + name;
    struct stat status {};
    ::lstat(path.c_str(), &status);
    if (S_ISDIR(status.st_mode)) {
      text += fmt::format("{}{} 1 \n", below, name);
      describe(below + name + "/", text);
    } else if (S_ISLNK(status.st_mode)) {
      text += fmt::format("{}{} 2 {}\n", below, name, link_target(path));
    } else {
      const int file = ::open(path.c_str(), O_RDONLY);
      text += fmt::format("{}{} 0 {}\n", below, name,
                          bytes_at(file, static_cast<std::size_t>(status.st_size) + 1, 0));
      ::close(file);
    }
  }
}

std::string RealTree::everything() {
  std::string text;
  describe("", text);
  return text;
}

}  // namespace holdfast::faultfs
