// Attributes and who may do what: modes, owners, times, extended attributes, groups, set-id bits.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/conformance/posix_conformance.h"

namespace holdfast::faultfs {
namespace {

TEST_P(PosixConformance, ModesOfWhatIsMade) {
  same_on_a_mount([](Transcript& told) {
    for (const mode_t mask : {0, 022, 077, 0777}) {
      ::umask(mask);
      const std::string name = fmt::format("{:o}", mask);
      ::close(::open((name + "f").c_str(), O_WRONLY | O_CREAT, 06777));
      ::mkdir((name + "d").c_str(), 01777);
      ::mkfifo((name + "p").c_str(), 0666);
      for (const char* kind : {"f", "d", "p"}) told.look(name + kind);
    }
  });
}

TEST_P(PosixConformance, DirectoriesThatHandTheirGroupDown) {
  same_on_a_mount([](Transcript& told) {
    ::mkdir("d", 0755);
    told.call("group", ::chown("d", static_cast<uid_t>(-1), kSecondGroup));
    told.call("set-group-id", ::chmod("d", 02775));
    ::close(::open("d/f", O_WRONLY | O_CREAT, 02775));
    ::mkdir("d/e", 0755);
    ::symlink("x", "d/s");
    ::close(::open("d/e/f", O_WRONLY | O_CREAT, 0644));
    told.call("nameless", ::open("d", O_TMPFILE | O_RDWR, 0600) < 0 ? -1 : 0);
    for (const char* path : {"d", "d/f", "d/e", "d/s", "d/e/f"}) told.look(path);
  });
}

TEST_P(PosixConformance, SetIdBitsGoWhereTheWriterMayNotKeepThem) {
  same_on_a_mount([](Transcript& told) {
    const auto prepare = [](mode_t mode) {
      const int file = ::open("f", O_RDWR | O_CREAT, 0777);
      ::fchmod(file, mode);
      return file;
    };
    for (const mode_t mode : {06777, 06767, 04755, 02644}) {
      told.call("write", ::write(prepare(mode), "x", 1));
      told.look("f");
      told.call("write nothing", ::write(prepare(mode), "", 0));
      told.look("f");
      told.call("truncate", ::ftruncate(prepare(mode), 5));
      told.look("f");
      told.call("allocate", ::fallocate(prepare(mode), 0, 0, 10));
      told.look("f");
      told.call("owner", ::fchown(prepare(mode), ::getuid(), kSecondGroup));
      told.look("f");
      ::unlink("f");
    }
  });
}

TEST_P(PosixConformance, ModesAndOwners) {
  same_on_a_mount([](Transcript& told) {
    write_text("f", "text");
    told.call("mode", ::chmod("f", 07777));
    told.look("f");
    told.call("group of mine", ::chown("f", static_cast<uid_t>(-1), kSecondGroup));
    told.look("f");
    told.call("group of others", ::chown("f", static_cast<uid_t>(-1), 7));
    told.call("set-group-id", ::chmod("f", 02755));
    told.look("f");
    told.call("another owner", ::chown("f", 1234, static_cast<gid_t>(-1)));
    told.call("mode", ::chmod("f", 0604));
    told.look("f");
    told.call("of nothing", ::chmod("none", 0600));
    told.call("open for all", ::open("f", O_RDONLY) < 0 ? -1 : 0);
    told.call("by an open file", ::fchmod(::open("f", O_RDONLY), 0400));
    told.call("to write it", ::open("f", O_WRONLY) < 0 ? -1 : 0);
    told.call("to truncate it", ::truncate("f", 0));
    told.call("read ok", ::access("f", R_OK));
    told.call("write ok", ::access("f", W_OK));
    told.call("run ok", ::access("f", X_OK));
    told.look("f");
  });
}

void say_times(Transcript& told, const char* path) {
  struct stat status {};
  ::lstat(path, &status);
  told.say(path, fmt::format("{}.{:09} {}.{:09}", status.st_atim.tv_sec, status.st_atim.tv_nsec,
                             status.st_mtim.tv_sec, status.st_mtim.tv_nsec));
}

TEST_P(PosixConformance, TimesToTheNanosecond) {
  same_on_a_mount([](Transcript& told) {
    write_text("f", "text");
    const auto set = [&](const char* what, timespec access, timespec change) {
      const timespec times[2] = {access, change};
      told.call(what, ::utimensat(AT_FDCWD, "f", times, 0));
    };
    set("both", {1'000'000'000, 123'456'789}, {2'000'000'000, 987'654'321});
    say_times(told, "f");
    set("one", {0, UTIME_OMIT}, {5, 5});
    say_times(told, "f");
    set("none", {0, UTIME_OMIT}, {0, UTIME_OMIT});
    say_times(told, "f");
    set("before 1970", {-5, 5}, {-100'000, 1});
    say_times(told, "f");
    set("no such time", {0, 1'000'000'000}, {0, 0});
    set("far", {7'000'000'000, 0}, {7'000'000'000, 0});
    say_times(told, "f");
    const timespec times[2] = {{1, 1}, {2, 2}};
    told.call("by an open file", ::futimens(::open("f", O_RDONLY), times));
    say_times(told, "f");
  });
}

TEST_P(PosixConformance, ExtendedAttributes) {
  same_on_a_mount([](Transcript& told) {
    write_text("f", "text");
    ::symlink("f", "s");
    const std::string long_value(1000, 'v');
    char value[2000];
    told.call("set", ::setxattr("f", "user.a", "one", 3, 0));
    told.call("create, taken", ::setxattr("f", "user.a", "two", 3, XATTR_CREATE));
    told.call("replace, missing", ::setxattr("f", "user.b", "two", 3, XATTR_REPLACE));
    told.call("set long", ::setxattr("f", "user.long", long_value.data(), long_value.size(), 0));
    told.call("set empty", ::setxattr("f", "user.empty", "", 0, 0));
    told.call("size", ::getxattr("f", "user.a", nullptr, 0));
    told.call("get", ::getxattr("f", "user.a", value, sizeof value));
    told.say("value", {value, 3});
    told.call("get empty", ::getxattr("f", "user.empty", value, sizeof value));
    told.call("get into little", ::getxattr("f", "user.long", value, 10));
    told.call("get missing", ::getxattr("f", "user.none", value, sizeof value));
    told.call("no such kind", ::setxattr("f", "nonsense.a", "x", 1, 0));
    told.call("trusted", ::setxattr("f", "trusted.a", "x", 1, 0));
    told.call("too long a name", ::setxattr("f", ("user." + std::string(300, 'n')).c_str(), "x", 1, 0));
    told.call("of a symlink", ::lsetxattr("s", "user.a", "x", 1, 0));
    told.call("through a symlink", ::getxattr("s", "user.a", value, sizeof value));
    told.call("list size", ::listxattr("f", nullptr, 0));
    told.call("list into little", ::listxattr("f", value, 3));
    told.call("remove", ::removexattr("f", "user.a"));
    told.call("remove again", ::removexattr("f", "user.a"));
    told.call("list", ::listxattr("f", value, sizeof value));
    told.call("of a directory", ::setxattr(".", "user.d", "x", 1, 0));
  });
}

TEST_P(PosixConformance, SpaceAndLimits) {
  same_on_a_mount([](Transcript& told) {
    struct statvfs status {};
    told.call("statvfs", ::statvfs(".", &status));
    told.call("longest name", static_cast<long>(status.f_namemax));
    told.call("block", static_cast<long>(status.f_frsize));
    told.call("blocks", static_cast<long>(status.f_blocks));
    told.call("files", static_cast<long>(status.f_files));
    told.call("of nothing", ::statvfs("none", &status));
  });
}

// Prepared as root, tried as a user who owns nothing here but is in one of the groups.
void try_everything(Transcript& told) {
  for (const char* name : {"mine-by-group", "others", "nobodys"}) {
    told.say("now", name);
    told.call("read", ::open(name, O_RDONLY) < 0 ? -1 : 0);
    told.call("write", ::open(name, O_WRONLY) < 0 ? -1 : 0);
    told.call("mode", ::chmod(name, 0777));
    told.call("times", ::utimensat(AT_FDCWD, name, nullptr, 0));
    told.call("link", ::link(name, "link"));
    told.call("rename", ::rename(name, "renamed"));
    told.call("remove", ::unlink(name));
    told.call("set attribute", ::setxattr(name, "user.a", "x", 1, 0));
  }
  for (const char* directory : {"sticky", "closed", "group"}) {
    const std::string in = directory + std::string("/");
    told.say("now", directory);
    told.call("list", ::open(directory, O_RDONLY | O_DIRECTORY) < 0 ? -1 : 0);
    told.call("create", ::open((in + "new").c_str(), O_WRONLY | O_CREAT, 0644) < 0 ? -1 : 0);
    told.look(in + "new");
    told.call("remove of others", ::unlink((in + "roots").c_str()));
    told.call("rename of others", ::rename((in + "roots").c_str(), (in + "x").c_str()));
    told.call("make", ::mkdir((in + "d").c_str(), 0755));
    told.look(in + "d");
  }
}

TEST_P(PosixConformance, PermissionsAreTheCallers) {
  if (GetParam() == Who::user) GTEST_SKIP() << "needs root to prepare what others own";
  same_on_a_mount([](Transcript& told) {
    ::umask(0);
    for (const char* name : {"mine-by-group", "others", "nobodys"}) write_text(name, "text");
    ::chown("mine-by-group", 0, kSecondGroup);
    ::chmod("mine-by-group", 0660);
    ::chmod("others", 0604);
    ::chmod("nobodys", 0600);
    ::mkdir("sticky", 01777);
    ::mkdir("closed", 0700);
    ::mkdir("group", 02770);
    ::chown("group", 0, kSecondGroup);
    ::chmod("group", 02770);
    for (const char* name : {"sticky/roots", "closed/roots", "group/roots"}) write_text(name, "text");
    ::chmod(".", 0755);
    ::umask(022);
    drop_privilege();
    try_everything(told);
  });
}

}  // namespace
}  // namespace holdfast::faultfs
