// Listings: large directories, positions that stay, entries that go while they are listed.
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "tests/conformance/posix_conformance.h"

namespace holdfast::faultfs {
namespace {

constexpr int kMany = 1000;

std::string name_of(int i) { return fmt::format("many/a-name-of-some-length-{}", i); }

void make_many() {
  ::mkdir("many", 0755);
  for (int i = 0; i < kMany; ++i) ::close(::open(name_of(i).c_str(), O_WRONLY | O_CREAT, 0644));
}

std::vector<std::string> rest_of(DIR* stream) {
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(stream)) names.push_back(entry->d_name);
  return names;
}

TEST_P(PosixConformance, LargeDirectoriesAreListedWholeAndOnce) {
  same_on_a_mount([](Transcript& told) {
    make_many();
    DIR* stream = ::opendir("many");
    const auto names = rest_of(stream);
    told.call("names", static_cast<long>(names.size()));
    told.call("different", static_cast<long>(std::set(names.begin(), names.end()).size()));
    ::rewinddir(stream);
    told.call("same again", rest_of(stream) == names ? 1 : 0);
    ::close(::open("many/new", O_WRONLY | O_CREAT, 0644));
    ::rewinddir(stream);
    told.call("with a new one", static_cast<long>(rest_of(stream).size()));
    ::closedir(stream);
  });
}

TEST_P(PosixConformance, PositionsStayWhileEntriesGo) {
  same_on_a_mount([](Transcript& told) {
    make_many();
    DIR* stream = ::opendir("many");
    for (int i = 0; i < kMany / 2; ++i) ::readdir(stream);
    const long position = ::telldir(stream);
    const auto rest = rest_of(stream);
    told.call("rest", static_cast<long>(rest.size()));
    for (std::size_t i = 0; i < rest.size(); i += 2) ::unlink(("many/" + rest[i]).c_str());
    ::seekdir(stream, position);
    const auto left = rest_of(stream);
    told.call("left", static_cast<long>(left.size()));
    bool every_other = true;
    for (std::size_t i = 0; i < left.size(); ++i) every_other = every_other && left[i] == rest[2 * i + 1];
    told.call("in the same order", every_other ? 1 : 0);
    ::closedir(stream);
  });
}

TEST_P(PosixConformance, ATreeIsRemovedWhileItIsListed) {
  same_on_a_mount([](Transcript& told) {
    make_many();
    DIR* stream = ::opendir("many");
    long removed = 0;
    while (const dirent* entry = ::readdir(stream)) {
      if (entry->d_name[0] != '.' && ::unlinkat(::dirfd(stream), entry->d_name, 0) == 0) ++removed;
    }
    told.call("removed", removed);
    told.call("directory", ::rmdir("many"));
    ::rewinddir(stream);
    errno = 0;
    told.call("list what is gone", ::readdir(stream) == nullptr ? 0 : 1);
    told.call("sync what is gone", ::fsync(::dirfd(stream)));
    ::closedir(stream);
    told.names(".");
  });
}

TEST_P(PosixConformance, DirectoriesAreNoFiles) {
  same_on_a_mount([](Transcript& told) {
    ::mkdir("d", 0755);
    const int directory = told.opened("open", ::open("d", O_RDONLY | O_DIRECTORY));
    char bytes[16];
    told.call("read", ::read(directory, bytes, sizeof bytes));
    told.call("sync", ::fsync(directory));
    told.call("data sync", ::fdatasync(directory));
    told.call("truncate", ::ftruncate(directory, 0));
    told.call("link to ..", ::link("d/..", "x"));
    told.call("rename .", ::rename("d/.", "x"));
    told.call("remove ..", ::rmdir("d/.."));
    told.call("change into", ::fchdir(directory));
    told.call("make in it", ::mkdir("below", 0700));
    told.call("up", ::chdir(".."));
    told.names("d");
  });
}

}  // namespace
}  // namespace holdfast::faultfs
