// Names: renames with their flags, links, special files, files that lost their name or never had one.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "tests/conformance/posix_conformance.h"

namespace holdfast::faultfs {
namespace {

int rename_with(const char* from, const char* to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from, AT_FDCWD, to, flags);
}

void prepare_tree() {
  write_text("a", "first");
  write_text("b", "second");
  ::mkdir("d", 0755);
  ::mkdir("d/e", 0755);
  ::mkdir("empty", 0755);
}

TEST_P(PosixConformance, RenamesAndTheirFlags) {
  same_on_a_mount([](Transcript& told) {
    prepare_tree();
    told.call("no replace, taken", rename_with("a", "b", RENAME_NOREPLACE));
    told.call("no replace, free", rename_with("a", "c", RENAME_NOREPLACE));
    told.call("exchange files", rename_with("b", "c", RENAME_EXCHANGE));
    told.call("exchange file and directory", rename_with("b", "d", RENAME_EXCHANGE));
    told.call("exchange with nothing", rename_with("b", "none", RENAME_EXCHANGE));
    told.call("both flags", rename_with("b", "c", RENAME_EXCHANGE | RENAME_NOREPLACE));
    told.call("unknown flag", rename_with("b", "c", 1U << 7));
    told.call("directory into itself", ::rename("b", "b/e/f"));
    told.call("onto a full directory", ::rename("empty", "b"));
    told.call("onto an empty one", ::rename("b", "empty"));
    told.call("file onto directory", ::rename("c", "empty"));
    told.call("directory onto file", ::rename("empty", "c"));
    told.call("missing", ::rename("none", "c"));
    told.call("long name", ::rename("c", std::string(256, 'n').c_str()));
    told.names(".");
    told.names("empty");
    told.content("c");
    told.content("d");
  });
}

TEST_P(PosixConformance, RenamesOverOpenFiles) {
  same_on_a_mount([](Transcript& told) {
    prepare_tree();
    const int replaced = told.opened("open b", ::open("b", O_RDWR));
    const int moved = told.opened("open a", ::open("a", O_RDWR));
    told.call("rename", ::rename("a", "b"));
    char bytes[16];
    told.call("read what was replaced", ::pread(replaced, bytes, sizeof bytes, 0));
    told.call("write what was replaced", ::pwrite(replaced, "gone", 4, 0));
    told.call("write what was moved", ::pwrite(moved, "here", 4, 0));
    struct stat status {};
    told.call("links of what was replaced", ::fstat(replaced, &status) < 0 ? -1 : long(status.st_nlink));
    told.content("b");
    told.names(".");
  });
}

TEST_P(PosixConformance, Links) {
  same_on_a_mount([](Transcript& told) {
    prepare_tree();
    told.call("hard link", ::link("a", "a2"));
    told.call("onto a name", ::link("a", "b"));
    told.call("of a directory", ::link("d", "d2"));
    told.call("of nothing", ::link("none", "n"));
    told.call("symlink", ::symlink("d/../a", "s"));
    told.call("dangling", ::symlink("nowhere", "dangling"));
    told.call("loop", ::symlink("loop", "loop"));
    told.call("link of a symlink", ::linkat(AT_FDCWD, "s", AT_FDCWD, "s2", 0));
    told.call("link through a symlink", ::linkat(AT_FDCWD, "s", AT_FDCWD, "a3", AT_SYMLINK_FOLLOW));
    told.call("open dangling", ::open("dangling", O_RDONLY));
    told.call("create through dangling", ::close(::open("dangling", O_WRONLY | O_CREAT, 0600)));
    told.call("open loop", ::open("loop", O_RDONLY));
    told.call("no follow", ::open("s", O_RDONLY | O_NOFOLLOW));
    told.call("empty target", ::symlink("", "x"));
    told.call("long target", ::symlink(std::string(4095, 't').c_str(), "long"));
    char target[4096];
    told.call("read long", ::readlink("long", target, sizeof target));
    told.call("read in part", ::readlink("s", target, 3));
    told.call("read of a file", ::readlink("a", target, sizeof target));
    const timespec times[2] = {{1, 2}, {3, 4}};
    told.call("times of a symlink", ::utimensat(AT_FDCWD, "s", times, AT_SYMLINK_NOFOLLOW));
    told.call("owner of a symlink", ::lchown("s", ::getuid(), kSecondGroup));
    for (const char* name : {"a", "a2", "a3", "s", "s2", "nowhere", "long"}) told.look(name);
    told.names(".");
  });
}

void connect_to(Transcript& told, const char* path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strcpy(address.sun_path, path);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  told.call("bind", ::bind(listener, generic, sizeof address));
  told.call("listen", ::listen(listener, 1));
  told.call("connect", ::connect(::socket(AF_UNIX, SOCK_STREAM, 0), generic, sizeof address));
}

TEST_P(PosixConformance, SpecialFiles) {
  same_on_a_mount([](Transcript& told) {
    told.call("fifo", ::mkfifo("fifo", 0640));
    const int reader = told.opened("read it", ::open("fifo", O_RDONLY | O_NONBLOCK));
    const int writer = told.opened("write it", ::open("fifo", O_WRONLY | O_NONBLOCK));
    told.call("into", ::write(writer, "through", 7));
    char bytes[16];
    told.call("out of", ::read(reader, bytes, sizeof bytes));
    connect_to(told, "socket");
    told.call("open the socket", ::open("socket", O_RDWR));
    told.call("device", ::mknod("null", S_IFCHR | 0666, makedev(1, 3)));
    told.call("write the device", ::write(::open("null", O_WRONLY), "x", 1));
    told.call("plain file", ::mknod("plain", S_IFREG | 0600, 0));
    for (const char* name : {"fifo", "socket", "null", "plain"}) told.look(name);
    told.names(".");
  });
}

TEST_P(PosixConformance, OpenFilesOutliveTheirNames) {
  same_on_a_mount([](Transcript& told) {
    prepare_tree();
    const int file = told.opened("open", ::open("a", O_RDWR));
    const int directory = told.opened("open directory", ::open("d/e", O_RDONLY | O_DIRECTORY));
    told.call("unlink", ::unlink("a"));
    told.call("rmdir", ::rmdir("d/e"));
    told.call("unlink a directory", ::unlink("d"));
    told.call("rmdir of a file", ::rmdir("b"));
    told.call("write", ::pwrite(file, "still", 5, 3));
    told.call("truncate", ::ftruncate(file, 6));
    told.call("mode", ::fchmod(file, 0600));
    told.call("sync", ::fsync(file));
    char bytes[16];
    told.call("read", ::pread(file, bytes, sizeof bytes, 0));
    told.say("bytes", std::string_view(bytes, 6));
    struct stat status {};
    told.call("links", ::fstat(file, &status) < 0 ? -1 : long(status.st_nlink));
    told.call("link it back", ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", file).c_str(), AT_FDCWD,
                                       "back", AT_SYMLINK_FOLLOW));
    told.call("create in what is gone", ::openat(directory, "x", O_WRONLY | O_CREAT, 0600));
    told.names(".");
  });
}

TEST_P(PosixConformance, FilesWithoutAName) {
  same_on_a_mount([](Transcript& told) {
    ::mkdir("d", 0755);
    const int file = told.opened("make", ::open("d", O_TMPFILE | O_RDWR, 0640));
    told.call("write", ::write(file, "nameless", 8));
    struct stat status {};
    told.call("links", ::fstat(file, &status) < 0 ? -1 : long(status.st_nlink));
    told.names("d");
    const auto link = [](int descriptor, const char* name) {
      return ::linkat(AT_FDCWD, fmt::format("/proc/self/fd/{}", descriptor).c_str(), AT_FDCWD, name,
                      AT_SYMLINK_FOLLOW);
    };
    told.call("name it", link(file, "d/named"));
    told.call("name it again", link(file, "other"));
    told.look("d/named");
    told.content("other");
    const int unlinkable = told.opened("exclusive", ::open("d", O_TMPFILE | O_EXCL | O_WRONLY, 0600));
    told.call("may not be named", link(unlinkable, "d/never"));
    told.call("for reading", ::open("d", O_TMPFILE | O_RDONLY, 0600));
    told.call("in a file", ::open("other", O_TMPFILE | O_RDWR, 0600));
    told.names("d");
  });
}

TEST_P(PosixConformance, OpeningAndCreating) {
  same_on_a_mount([](Transcript& told) {
    prepare_tree();
    told.call("exclusive, taken", ::open("a", O_WRONLY | O_CREAT | O_EXCL, 0600));
    told.call("a directory for writing", ::open("d", O_WRONLY));
    told.call("create a directory's name", ::open("d", O_WRONLY | O_CREAT, 0600));
    told.call("as a directory", ::open("a", O_RDONLY | O_DIRECTORY));
    told.call("through a file", ::open("a/x", O_RDONLY));
    told.call("in what is missing", ::open("none/x", O_WRONLY | O_CREAT, 0600));
    told.call("long name", ::open(std::string(256, 'n').c_str(), O_WRONLY | O_CREAT, 0600));
    told.call("longest name", ::close(::open(std::string(255, 'n').c_str(), O_WRONLY | O_CREAT, 0600)));
    told.call("truncating", ::close(::open("b", O_RDWR | O_TRUNC)));
    told.call("without rights", ::close(::open("none-at-all", O_RDWR | O_CREAT, 0)));
    told.call("mkdir, taken", ::mkdir("a", 0755));
    told.call("mkdir in a file", ::mkdir("a/d", 0755));
    told.call("rmdir, full", ::rmdir("d"));
    told.call("rmdir .", ::rmdir("d/."));
    told.call("remove what is missing", ::unlink("none"));
    for (const char* name : {"b", "none-at-all"}) told.look(name);
    told.names(".");
  });
}

}  // namespace
}  // namespace holdfast::faultfs
