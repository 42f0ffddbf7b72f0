#include "core/usage/location.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/usage/book_json.h"

namespace holdfast::usage {
namespace {

constexpr std::string_view kNewName = "usage.json.new";
constexpr std::string_view kLockName = "usage.lock";
constexpr int kMostAside = 8;
constexpr int kLooks = 2;  // a bad answer of the disk may be a passing one

bool is_corrupt(const Error& error) { return error.code == Code::corrupted; }

}  // namespace

Result<Book> read_book(FileSystem& files, const std::string& path) {
  Result<Book> book = fail(Code::not_found, path);
  for (int look = 0; look < kLooks; ++look) {
    auto bytes = read_file(files, path, kMaxFileBytes);
    if (bytes) {
      book = parse_book(as_text(*bytes));
      if (!book) book.error().message = path + " is no usage file: " + book.error().message;
    } else {
      book = fail(bytes.error());
    }
    if (book || book.error().code == Code::not_found || book.error().code == Code::unsupported) return book;
  }
  if (book.error().code == Code::invalid) book.error().code = Code::corrupted;  // larger than any we write
  if (book.error().code == Code::wrong_kind)
    if (auto stat = files.stat(path); stat && stat->is_directory) book.error().code = Code::corrupted;
  return book;
}

Result<Location::Found> Location::read() {
  if (auto locked = take_lock(); !locked && locked.error().code == Code::busy) return fail(locked.error());
  Found found;
  auto primary = read_book(files_, path(kFileName));
  if (primary) {
    known_ = true;
    found.book = std::move(*primary);
    return found;
  }
  if (primary.error().code == Code::unsupported) return fail(primary.error());
  auto backup = read_book(files_, path(kBackupName));
  const bool primary_absent = primary.error().code == Code::not_found;
  // With a sound backup beside it, a file that cannot be read need not be waited for.
  if (!primary_absent && !is_corrupt(primary.error()) && !backup) return fail(primary.error());
  if (!backup && backup.error().code != Code::not_found && !is_corrupt(backup.error()))
    return fail(backup.error());
  for (const auto& [book, name] : {std::pair(&primary, kFileName), std::pair(&backup, kBackupName)}) {
    if (*book || book->error().code == Code::not_found) continue;
    if (auto aside = set_aside(path(name), book->error().message); !aside) return fail(aside.error());
    ++found.set_aside;
  }
  known_ = true;
  if (backup) found.book = std::move(*backup);
  return found;
}

Status Location::take_lock() {
  if (lock_) return {};
  if (auto made = make_directories(files_, directory_); !made) return made;
  auto file = files_.open(path(kLockName), {.write = true, .create = true});
  if (!file) return fail(file.error());
  auto locked = (*file)->try_lock();
  if (locked && *locked) {
    lock_ = std::move(*file);
    known_ = false;  // somebody else may have written since it was read
    return {};
  }
  (void)(*file)->close();  // the reason below says more
  if (!locked) return fail(locked.error());
  return fail(Code::busy, path(kLockName) + " is locked: another tracker uses this usage directory");
}

Result<bool> Location::replace(Bytes text) {
  HOLDFAST_CHECK(ready(), "a location is read before it is written");
  if (auto primary = put(kFileName, text); !primary) {
    (void)files_.remove(path(kNewName));  // on a full disk its room is wanted; a leftover is overwritten
    if (primary.error().code == Code::not_found)
      (void)close();  // the directory is gone, and the lock with it
    return fail(primary.error());
  }
  auto backup = put(kBackupName, text);
  if (!backup)
    log_.write(Log::Level::warning, "usage.backup", backup.error().message + "; the backup stays as it was");
  return backup.has_value();
}

// Whatever fails, `name` is the old file or the new one, whole.
Status Location::put(std::string_view name, Bytes text) {
  Status written = write_new(text);
  if (!written && written.error().code == Code::wrong_kind &&
      set_aside(path(kNewName), written.error().message))
    written = write_new(text);
  if (!written) return written;
  if (auto same = verify_new(text); !same) return same;
  Status renamed = files_.rename(path(kNewName), path(name));
  if (!renamed && renamed.error().code == Code::wrong_kind && set_aside(path(name), renamed.error().message))
    renamed = files_.rename(path(kNewName), path(name));
  if (!renamed) return renamed;
  return files_.sync_directory(directory_);
}

Status Location::write_new(Bytes text) {
  auto file = files_.open(path(kNewName), {.write = true, .create = true, .truncate = true});
  if (!file) return fail(file.error());
  Status status = write_all(**file, 0, text);
  if (status) status = (*file)->sync();
  auto closed = (*file)->close();
  return status ? closed : status;
}

// A disk that took other bytes than it was given must not replace a good file with them.
Status Location::verify_new(Bytes text) {
  auto bytes = read_file(files_, path(kNewName), text.size());
  if (!bytes) return fail(bytes.error());
  if (std::ranges::equal(*bytes, text)) return {};
  return fail(Code::io, path(kNewName) + " does not read as it was written");
}

Status Location::set_aside(const std::string& from, const std::string& why) {
  std::string to;
  for (int number = 1; number <= kMostAside; ++number) {
    to = from + ".corrupt-" + std::to_string(number);
    if (auto taken = files_.stat(to); !taken && taken.error().code == Code::not_found) break;
  }
  auto moved = files_.rename(from, to);
  log_.write(Log::Level::error, "usage.corrupt",
             why + (moved ? "; it is kept as " + to : "; it cannot be set aside: " + moved.error().message));
  return moved;
}

Status Location::close() {
  known_ = false;
  if (!lock_) return {};
  return std::exchange(lock_, nullptr)->close();
}

}  // namespace holdfast::usage
