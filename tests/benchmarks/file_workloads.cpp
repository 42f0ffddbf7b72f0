#include "tests/benchmarks/file_workloads.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <random>
#include <vector>

#include "core/base/check.h"
#include "tests/benchmarks/samples.h"

namespace holdfast::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kMiB = 1 << 20;
constexpr std::size_t kFileMiB = 128;
constexpr std::size_t kPage = 4096;
constexpr int kPages = 20'000;
constexpr int kNames = 10'000;
constexpr int kFiles = 2'000;

double seconds(SteadyClock::time_point since) {
  return std::chrono::duration<double>(SteadyClock::now() - since).count();
}

void done(bool succeeded) { HOLDFAST_CHECK(succeeded, "a benchmark's call succeeds"); }

class File {
 public:
  File(const std::string& path, int flags) : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    done(number_ >= 0);
  }
  ~File() { ::close(number_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int operator*() const { return number_; }

 private:
  int number_;
};

void fill(const std::string& path, std::size_t mebibytes) {
  const File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  const std::vector<char> block(kMiB, 'x');
  for (std::size_t i = 0; i < mebibytes; ++i)
    done(::write(*file, block.data(), block.size()) == static_cast<ssize_t>(block.size()));
}

std::string name_of(const std::string& directory, int number) {
  char name[32];
  std::snprintf(name, sizeof name, "/f%06d", number);
  return directory + name;
}

off_t some_page(std::mt19937& random) {
  return static_cast<off_t>(random() % (kFileMiB * kMiB / kPage) * kPage);
}

}  // namespace

void make_names(const std::string& directory) {
  for (int i = 0; i < kNames; ++i) const File made(name_of(directory, i), O_WRONLY | O_CREAT);
}

double write_in_sequence(const std::string& directory) {
  const auto start = SteadyClock::now();
  fill(directory + "/data", kFileMiB);
  return static_cast<double>(kFileMiB) / seconds(start);
}

double read_in_sequence(const std::string& directory) {
  fill(directory + "/data", kFileMiB);
  const File file(directory + "/data", O_RDONLY);
  std::vector<char> block(kMiB);
  const auto start = SteadyClock::now();
  while (::read(*file, block.data(), block.size()) > 0) continue;
  return static_cast<double>(kFileMiB) / seconds(start);
}

double read_and_write_at_random(const std::string& directory) {
  fill(directory + "/data", kFileMiB);
  const File file(directory + "/data", O_RDWR);
  std::vector<char> page(kPage, 'y');
  std::mt19937 random(7);
  const auto start = SteadyClock::now();
  for (int i = 0; i < kPages; ++i) {
    const bool reads = random() % 10 < 7;
    const off_t at = some_page(random);
    done((reads ? ::pread(*file, page.data(), kPage, at) : ::pwrite(*file, page.data(), kPage, at)) == kPage);
  }
  return kPages / seconds(start);
}

double read_once(const std::string& directory) {
  fill(directory + "/data", kFileMiB);
  const File file(directory + "/data", O_RDONLY);
  std::vector<char> page(kPage);
  std::mt19937 random(7);
  Samples took;
  for (int i = 0; i < kPages; ++i) {
    const off_t at = some_page(random);
    const auto start = SteadyClock::now();
    done(::pread(*file, page.data(), kPage, at) == kPage);
    took.add(1e6 * seconds(start));
  }
  return took.median();
}

double append_and_sync(const std::string& directory) {
  const File file(directory + "/log", O_WRONLY | O_CREAT | O_APPEND);
  const std::vector<char> record(kPage, 'r');
  const auto start = SteadyClock::now();
  for (int i = 0; i < kFiles; ++i) done(::write(*file, record.data(), kPage) == kPage && ::fsync(*file) == 0);
  return kFiles / seconds(start);
}

double make_rename_remove(const std::string& directory) {
  const std::vector<char> bytes(1024, 'z');
  const auto start = SteadyClock::now();
  for (int i = 0; i < kFiles; ++i) {
    const std::string name = name_of(directory, i), renamed = name + ".r";
    {
      const File file(name, O_WRONLY | O_CREAT | O_EXCL);
      done(::write(*file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    done(::rename(name.c_str(), renamed.c_str()) == 0 && ::unlink(renamed.c_str()) == 0);
  }
  return kFiles / seconds(start);
}

double look_at_unknown(const std::string& directory) {
  std::vector<int> order(kNames);
  std::iota(order.begin(), order.end(), 0);
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  struct stat status {};
  const auto start = SteadyClock::now();
  for (const int number : order) done(::lstat(name_of(directory, number).c_str(), &status) == 0);
  return kNames / seconds(start);
}

double list(const std::string& directory) {
  constexpr int kPasses = 8;
  std::size_t names = 0;
  const auto start = SteadyClock::now();
  for (int pass = 0; pass < kPasses; ++pass) {
    DIR* stream = ::opendir(directory.c_str());
    done(stream != nullptr);
    while (::readdir(stream) != nullptr) ++names;
    ::closedir(stream);
  }
  return static_cast<double>(names) / seconds(start);
}

}  // namespace holdfast::bench
