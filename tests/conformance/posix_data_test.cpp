// Bytes: holes, allocation, appending, durable writes, copies, mapped memory.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/conformance/posix_conformance.h"

namespace holdfast::faultfs {
namespace {

constexpr off_t kPage = 4096;
constexpr std::size_t kPageBytes = 4096;

void size_of(Transcript& told, int file) {
  struct stat status {};
  told.call("size", ::fstat(file, &status) < 0 ? -1 : status.st_size);
}

TEST_P(PosixConformance, ReadsAndWritesAtTheirEdges) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    char bytes[16] = {};
    told.call("read of nothing", ::pread(file, bytes, sizeof bytes, 0));
    told.call("write far", ::pwrite(file, "far", 3, 1'000'000));
    told.call("read across the end", ::pread(file, bytes, sizeof bytes, 999'999));
    told.call("read beyond", ::pread(file, bytes, sizeof bytes, 2'000'000));
    told.call("read at less than nothing", ::pread(file, bytes, sizeof bytes, -1));
    told.call("write nothing", ::pwrite(file, "", 0, 5'000'000));
    const std::string large(3 << 20, 'l');
    told.call("write much", ::pwrite(file, large.data(), large.size(), 17));
    told.call("beyond what a file holds", ::pwrite(file, "x", 1, INT64_MAX - 1));
    told.call("truncate", ::ftruncate(file, 100));
    told.call("extend", ::ftruncate(file, 300));
    told.call("to less than nothing", ::ftruncate(file, -1));
    told.content("f");
    const int reader = told.opened("for reading", ::open("f", O_RDONLY));
    told.call("write", ::write(reader, "x", 1));
    told.call("truncate", ::ftruncate(reader, 0));
    told.call("allocate", ::fallocate(reader, 0, 0, 10));
    const int writer = told.opened("for writing", ::open("f", O_WRONLY));
    told.call("read", ::read(writer, bytes, 1));
    told.call("truncate a directory", ::truncate(".", 0));
    size_of(told, file);
  });
}

TEST_P(PosixConformance, AllocatesAndPunches) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    const std::string text(8 * kPageBytes, 't');
    (void)!::write(file, text.data(), text.size());
    told.call("allocate", ::fallocate(file, 0, 0, 10 * kPage));
    size_of(told, file);
    told.call("keep size", ::fallocate(file, FALLOC_FL_KEEP_SIZE, 20 * kPage, kPage));
    size_of(told, file);
    told.call("punch", ::fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kPage + 5, 2 * kPage));
    told.call("punch alone", ::fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, kPage));
    told.call("zero", ::fallocate(file, FALLOC_FL_ZERO_RANGE, 5 * kPage, 7 * kPage));
    size_of(told, file);
    told.call("zero, keep size",
              ::fallocate(file, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 30 * kPage, 9));
    told.call("nothing", ::fallocate(file, 0, 0, 0));
    told.call("less than nothing", ::fallocate(file, 0, -1, 10));
    told.call("all modes at once", ::fallocate(file, FALLOC_FL_ZERO_RANGE | FALLOC_FL_PUNCH_HOLE, 0, kPage));
    told.call("a pipe's", ::fallocate(::open(".", O_RDONLY), 0, 0, 10));
    size_of(told, file);
    told.content("f");
  });
}

TEST_P(PosixConformance, FindsHolesAndData) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    const std::string text(2 * kPageBytes, 't');
    (void)!::pwrite(file, text.data(), text.size(), 10 * kPage);
    (void)!::pwrite(file, text.data(), text.size(), 40 * kPage);
    ::ftruncate(file, 60 * kPage);
    ::fsync(file);
    for (const off_t from : {0L, 11 * kPage, 12 * kPage, 20 * kPage, 42 * kPage, 60 * kPage, -1L}) {
      told.call("hole", ::lseek(file, from, SEEK_HOLE));
      told.call("data", ::lseek(file, from, SEEK_DATA));
    }
    told.call("end", ::lseek(file, 0, SEEK_END));
    told.call("before the beginning", ::lseek(file, -1, SEEK_SET));
    told.call("by no way there is", ::lseek(file, 0, 99));
  });
}

TEST_P(PosixConformance, AppendsFromSeveralProcesses) {
  same_on_a_mount([](Transcript& told) {
    constexpr int kWriters = 4, kLines = 50;
    ::close(::open("log", O_WRONLY | O_CREAT, 0644));
    for (int writer = 0; writer < kWriters; ++writer) {
      if (::fork() != 0) continue;
      const int file = ::open("log", O_WRONLY | O_APPEND);
      const std::string line = std::string(99, static_cast<char>('a' + writer)) + "\n";
      for (int i = 0; i < kLines; ++i) (void)!::write(file, line.data(), line.size());
      ::_exit(0);
    }
    while (::wait(nullptr) > 0) continue;
    std::string text(kWriters * kLines * 100 + 1, ' ');
    told.call("all of it", ::read(::open("log", O_RDONLY), text.data(), text.size()));
    int torn = 0;
    for (int i = 0; i < kWriters * kLines; ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * 100;
      if (text.substr(at, 100) != std::string(99, text[at]) + "\n") ++torn;
    }
    told.call("torn lines", torn);
  });
}

TEST_P(PosixConformance, AppendsAndDurableWrites) {
  same_on_a_mount([](Transcript& told) {
    write_text("f", "begin ");
    const int appending = told.opened("append", ::open("f", O_RDWR | O_APPEND));
    told.call("write", ::write(appending, "one ", 4));
    told.call("write at 0", ::pwrite(appending, "two ", 4, 0));
    told.call("stop appending", ::fcntl(appending, F_SETFL, 0));
    told.call("write at 0", ::pwrite(appending, "BEGIN", 5, 0));
    for (const int flag : {O_SYNC, O_DSYNC}) {
      const int file = told.opened("open durably", ::open("f", O_WRONLY | flag));
      told.call("write", ::pwrite(file, "sync", 4, 20));
      told.call("flags", ::fcntl(file, F_GETFL) & (O_SYNC | O_DSYNC | O_ACCMODE));
    }
    const iovec part{const_cast<char*>("this"), 4};
    told.call("one durable write", ::pwritev2(appending, &part, 1, 30, RWF_DSYNC));
    told.call("one appending write", ::pwritev2(appending, &part, 1, 0, RWF_APPEND));
    told.call("data sync", ::fdatasync(appending));
    told.content("f");
  });
}

TEST_P(PosixConformance, CopiesRanges) {
  same_on_a_mount([](Transcript& told) {
    write_text("from", std::string(100'000, 'c') + "tail");
    const int from = told.opened("from", ::open("from", O_RDWR));
    const int to = told.opened("to", ::open("to", O_RDWR | O_CREAT, 0644));
    off_t at = 50'000, into = 10;
    told.call("a part", ::copy_file_range(from, &at, to, &into, 1'000, 0));
    told.call("from", at);
    told.call("into", into);
    at = 99'000;
    told.call("across the end", ::copy_file_range(from, &at, to, nullptr, 100'000, 0));
    told.call("beyond the end", ::copy_file_range(from, &at, to, nullptr, 10, 0));
    at = 0, into = 500;
    told.call("onto itself", ::copy_file_range(from, &at, from, &into, 1'000, 0));
    told.call("with flags", ::copy_file_range(from, &at, to, &into, 1'000, 1));
    told.call("into what is read", ::copy_file_range(from, &at, ::open("to", O_RDONLY), &into, 10, 0));
    told.call("of a directory", ::copy_file_range(::open(".", O_RDONLY), &at, to, &into, 10, 0));
    told.content("to");
    told.look("to");
  });
}

// What is stored through memory and what is written through the file are one.
TEST_P(PosixConformance, MapsMemory) {
  same_on_a_mount([](Transcript& told) {
    write_text("f", std::string(2 * kPageBytes, 'f'));
    const int file = told.opened("open", ::open("f", O_RDWR));
    const auto map = [](int descriptor, int access, int kind) {
      return static_cast<char*>(::mmap(nullptr, 2 * kPageBytes, access, kind, descriptor, 0));
    };
    char* shared = map(file, PROT_READ | PROT_WRITE, MAP_SHARED);
    told.call("shared", shared == MAP_FAILED ? -1 : 0);
    if (shared == MAP_FAILED) return;
    std::memcpy(shared, "stored", 6);
    told.call("msync", ::msync(shared, kPageBytes, MS_SYNC));
    char bytes[6];
    told.call("read", ::pread(file, bytes, sizeof bytes, 0));
    told.say("bytes", {bytes, sizeof bytes});
    told.call("write", ::pwrite(file, "written", 7, kPage));
    told.say("in memory", {shared + kPage, 7});
    char* own = map(::open("f", O_RDONLY), PROT_READ | PROT_WRITE, MAP_PRIVATE);
    std::memcpy(own, "private", 7);
    told.say("of the file", {shared, 7});
    told.call("for writing what is open for reading",
              map(::open("f", O_RDONLY), PROT_READ | PROT_WRITE, MAP_SHARED) == MAP_FAILED ? -1 : 0);
    ::close(file);
    std::memcpy(shared + 100, "after close", 11);
    told.call("unmap", ::munmap(shared, 2 * kPageBytes));
    told.content("f");
  });
}

}  // namespace
}  // namespace holdfast::faultfs
