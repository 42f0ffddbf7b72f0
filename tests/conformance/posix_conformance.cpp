#include "tests/conformance/posix_conformance.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <set>

#include "core/base/crc32c.h"
#include "faultfs/control/fuse_available.h"
#include "faultfs/control/mount_table.h"
#include "tests/faultfs_process.h"
#include "tests/temporary_directory.h"

namespace holdfast::faultfs {
namespace {

constexpr std::size_t kShownBytes = 80;

const char* kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return "file";
    case S_IFDIR: return "directory";
    case S_IFLNK: return "symlink";
    case S_IFIFO: return "fifo";
    case S_IFSOCK: return "socket";
    default: return "device";
  }
}

std::string shown(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += c == '\0' ? '0' : c;
  if (text.size() <= kShownBytes) return text;
  const auto crc = crc32c({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
  return fmt::format("{}... {} bytes, crc {:08x}", text.substr(0, kShownBytes), bytes.size(), crc);
}

std::string everything_from(int descriptor) {
  std::string bytes;
  char part[1 << 16];
  for (ssize_t got; (got = ::read(descriptor, part, sizeof part)) > 0;)
    bytes.append(part, static_cast<std::size_t>(got));
  return bytes;
}

// What a child that runs the sequence in `directory` is told.
std::string told_in(const std::string& directory, Who who, const Sequence& sequence) {
  int pipe[2];
  if (::pipe2(pipe, O_CLOEXEC) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    if (who == Who::user) drop_privilege();
    if (::chdir(directory.c_str()) != 0) ::_exit(1);
    ::umask(022);
    Transcript told;
    sequence(told);
    (void)!::write(pipe[1], told.text().data(), told.text().size());
    ::_exit(0);
  }
  ::close(pipe[1]);
  std::string told = everything_from(pipe[0]);
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) told += fmt::format("the program ended with status {}\n", status);
  return told;
}

void make_ground(const std::string& path, Who who) {
  ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
  if (who == Who::root || ::geteuid() != 0) return;
  ASSERT_EQ(::chown(path.c_str(), kUser, kGroup), 0);
}

}  // namespace

long Transcript::call(std::string_view what, long result) {
  const int error = errno;
  text_ += result < 0 ? fmt::format("{}: {}\n", what, ::strerrorname_np(error))
                      : fmt::format("{}: {}\n", what, result);
  errno = error;
  return result;
}

int Transcript::opened(std::string_view what, int descriptor) {
  call(what, descriptor < 0 ? -1 : 0);
  return descriptor;
}

void Transcript::say(std::string_view what, std::string_view text) {
  text_ += fmt::format("{}: {}\n", what, text);
}

void Transcript::look(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    call("look at " + path, -1);
    return;
  }
  // How large a directory is, and how many links it has, is the business of each directory.
  const bool plain = !S_ISDIR(status.st_mode);
  say(path,
      fmt::format("{} {:04o} of {}:{}, {} links, {} bytes", kind_of(status.st_mode), status.st_mode & 07777U,
                  status.st_uid, status.st_gid, plain ? status.st_nlink : 0, plain ? status.st_size : 0));
}

void Transcript::content(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  if (descriptor < 0) {
    call("read " + path, -1);
    return;
  }
  say(path, "\"" + shown(everything_from(descriptor)) + "\"");
  ::close(descriptor);
}

void Transcript::names(const std::string& directory) {
  DIR* stream = ::opendir(directory.c_str());
  if (stream == nullptr) {
    call("list " + directory, -1);
    return;
  }
  std::multiset<std::string> names;
  while (const dirent* entry = ::readdir(stream))
    names.insert(fmt::format("{} ({})", entry->d_name, static_cast<int>(entry->d_type)));
  ::closedir(stream);
  say(directory, fmt::format("{}", fmt::join(names, ", ")));
}

bool in_child(const std::function<void()>& part) {
  const pid_t child = ::fork();
  if (child == 0) {
    part();
    ::_exit(0);
  }
  int status = 0;
  return ::waitpid(child, &status, 0) == child && status == 0;
}

void write_text(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  (void)!::write(descriptor, text.data(), text.size());
  ::close(descriptor);
}

void drop_privilege() {
  if (::geteuid() != 0) return;
  const gid_t groups[] = {kGroup, kSecondGroup};
  if (::setgroups(2, groups) != 0 || ::setgid(kGroup) != 0 || ::setuid(kUser) != 0) ::_exit(1);
}

void PosixConformance::SetUp() {
  if (auto able = fuse_available(); !able) GTEST_SKIP() << able.error().message;
  if (GetParam() == Who::root && ::geteuid() != 0) GTEST_SKIP() << "not root";
}

void PosixConformance::same_on_a_mount(const Sequence& sequence) {
  const TemporaryDirectory directory;
  ASSERT_EQ(::chmod(directory.path().c_str(), 0755), 0);
  make_ground(directory / "plain", GetParam());
  make_ground(directory / "backing", GetParam());
  ASSERT_EQ(::mkdir((directory / "mount").c_str(), 0755), 0);
  {
    FaultfsProcess faultfs(directory / "output");
    ASSERT_TRUE(faultfs.mount(
        {"mount", directory / "backing", directory / "mount", "--socket", directory / "control.sock"}));
    const auto plain = told_in(directory / "plain", GetParam(), sequence);
    EXPECT_NE(plain, "");
    EXPECT_EQ(told_in(directory / "mount", GetParam(), sequence), plain);
  }
  EXPECT_TRUE(abort_and_unmount(directory / "mount"));
}

INSTANTIATE_TEST_SUITE_P(As, PosixConformance, testing::Values(Who::root, Who::user),
                         [](const auto& who) { return who.param == Who::root ? "Root" : "User"; });

}  // namespace holdfast::faultfs
