// Locks, across processes: flock, POSIX record locks, those of open file descriptions.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "tests/conformance/posix_conformance.h"

namespace holdfast::faultfs {
namespace {

struct flock range(short kind, off_t start, off_t length) {
  struct flock lock {};
  lock.l_type = kind;
  lock.l_whence = SEEK_SET;
  lock.l_start = start;
  lock.l_len = length;
  return lock;
}

long set(int file, int command, short kind, off_t start, off_t length) {
  struct flock lock = range(kind, start, length);
  return ::fcntl(file, command, &lock);
}

// What another process is told, as its exit code: 0 or errno.
long elsewhere(const std::function<long()>& attempt) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(attempt() < 0 ? errno : 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

// Another process waits for a lock while this one gives its own up.
void hand_over(Transcript& told, const std::function<long()>& wait_for_it,
               const std::function<long()>& give_up) {
  const pid_t waiter = ::fork();
  if (waiter == 0) ::_exit(wait_for_it() == 0 ? 0 : errno);
  ::usleep(20'000);
  told.call("give up", give_up());
  int status = 0;
  ::waitpid(waiter, &status, 0);
  told.call("the other got it", WEXITSTATUS(status));
}

TEST_P(PosixConformance, WholeFileLocks) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    told.call("exclusive", ::flock(file, LOCK_EX));
    const auto other = [](int operation) { return ::flock(::open("f", O_RDWR), operation); };
    told.call("another", elsewhere([&] { return other(LOCK_EX | LOCK_NB); }));
    told.call("the same description", elsewhere([&] { return ::flock(file, LOCK_EX | LOCK_NB); }));
    told.call("to shared", ::flock(file, LOCK_SH));
    told.call("another shared", elsewhere([&] { return other(LOCK_SH | LOCK_NB); }));
    told.call("another exclusive", elsewhere([&] { return other(LOCK_EX | LOCK_NB); }));
    hand_over(
        told, [&] { return other(LOCK_EX); }, [&] { return ::flock(file, LOCK_UN); });
    told.call("held by nobody", ::flock(file, LOCK_EX | LOCK_NB));
    const auto without_mine = [&] { return ::close(file) == 0 ? other(LOCK_EX) : -1; };
    hand_over(told, without_mine, [&] { return ::close(file); });
    told.call("no such operation", ::flock(::open("f", O_RDONLY), 77));
    told.call("of a directory", ::flock(::open(".", O_RDONLY), LOCK_EX | LOCK_NB));
  });
}

TEST_P(PosixConformance, ALockThatIsWaitedForEndsWithItsWaiter) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    told.call("exclusive", ::flock(file, LOCK_EX));
    const pid_t waiter = ::fork();
    if (waiter == 0) ::_exit(::flock(::open("f", O_RDWR), LOCK_EX) == 0 ? 0 : 1);
    ::usleep(20'000);
    ::kill(waiter, SIGKILL);
    int status = 0;
    ::waitpid(waiter, &status, 0);
    told.call("killed by", WTERMSIG(status));
    told.call("release", ::flock(file, LOCK_UN));
    told.call("free", ::flock(::open("f", O_RDWR), LOCK_EX | LOCK_NB));
  });
}

TEST_P(PosixConformance, RecordLocks) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    told.call("lock", set(file, F_SETLK, F_WRLCK, 10, 10));
    told.call("again", set(file, F_SETLK, F_WRLCK, 15, 10));
    const auto other = [](short kind, off_t start, off_t length) {
      return elsewhere([=] { return set(::open("f", O_RDWR), F_SETLK, kind, start, length); });
    };
    told.call("another, apart", other(F_WRLCK, 0, 10));
    told.call("another, across", other(F_RDLCK, 24, 10));
    told.call("another, all", other(F_WRLCK, 0, 0));
    told.call("whose", elsewhere([file] {
                struct flock lock = range(F_WRLCK, 0, 0);
                ::fcntl(file, F_GETLK, &lock);
                errno = lock.l_type == F_WRLCK && lock.l_pid == ::getppid() && lock.l_start == 10 ? EOWNERDEAD
                                                                                                  : ESRCH;
                return -1L;
              }));
    told.call("split", set(file, F_SETLK, F_UNLCK, 14, 2));
    told.call("another, in the gap", other(F_WRLCK, 14, 2));
    hand_over(
        told, [] { return set(::open("f", O_RDWR), F_SETLKW, F_WRLCK, 0, 0); },
        [&] { return set(file, F_SETLK, F_UNLCK, 0, 0); });
    told.call("for writing what is read", set(::open("f", O_RDONLY), F_SETLK, F_WRLCK, 0, 1));
    told.call("lock", set(file, F_SETLK, F_WRLCK, 0, 0));
    ::close(::open("f", O_RDONLY));  // takes all of this process's locks along, as POSIX has it
    told.call("another, after a close", other(F_WRLCK, 0, 0));
  });
}

TEST_P(PosixConformance, LocksOfOpenFileDescriptions) {
  same_on_a_mount([](Transcript& told) {
    const int file = told.opened("open", ::open("f", O_RDWR | O_CREAT, 0644));
    const int second = told.opened("open", ::open("f", O_RDWR));
    told.call("lock", set(file, F_OFD_SETLK, F_WRLCK, 0, 10));
    told.call("the other description", set(second, F_OFD_SETLK, F_WRLCK, 5, 1));
    told.call("a record lock", set(second, F_SETLK, F_RDLCK, 5, 1));
    told.call("apart", set(second, F_OFD_SETLK, F_WRLCK, 10, 1));
    told.call("inherited", elsewhere([&] { return set(file, F_OFD_SETLK, F_RDLCK, 0, 10); }));
    told.call("now shared", set(second, F_OFD_SETLK, F_RDLCK, 0, 10));
    ::close(file);
    told.call("after the close", set(second, F_OFD_SETLK, F_WRLCK, 0, 0));
  });
}

}  // namespace
}  // namespace holdfast::faultfs
