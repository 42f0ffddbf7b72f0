#include "faultfs/model/errnos.h"

#include <algorithm>
#include <cerrno>
#include <initializer_list>
#include <span>

namespace holdfast::faultfs {
namespace {

struct Errno {
  std::string_view name;
  int value;
};

// What file systems and devices answer. ENOSYS is missing on purpose: the kernel remembers it and
// never asks again, so it could not be healed.
constexpr Errno kErrnos[] = {
    {"EPERM", EPERM},
    {"ENOENT", ENOENT},
    {"EINTR", EINTR},
    {"EIO", EIO},
    {"ENXIO", ENXIO},
    {"E2BIG", E2BIG},
    {"EBADF", EBADF},
    {"EAGAIN", EAGAIN},
    {"ENOMEM", ENOMEM},
    {"EACCES", EACCES},
    {"EFAULT", EFAULT},
    {"EBUSY", EBUSY},
    {"EEXIST", EEXIST},
    {"EXDEV", EXDEV},
    {"ENODEV", ENODEV},
    {"ENOTDIR", ENOTDIR},
    {"EISDIR", EISDIR},
    {"EINVAL", EINVAL},
    {"ENFILE", ENFILE},
    {"EMFILE", EMFILE},
    {"ENOTTY", ENOTTY},
    {"ETXTBSY", ETXTBSY},
    {"EFBIG", EFBIG},
    {"ENOSPC", ENOSPC},
    {"ESPIPE", ESPIPE},
    {"EROFS", EROFS},
    {"EMLINK", EMLINK},
    {"EPIPE", EPIPE},
    {"ERANGE", ERANGE},
    {"EDEADLK", EDEADLK},
    {"ENAMETOOLONG", ENAMETOOLONG},
    {"ENOLCK", ENOLCK},
    {"ENOTEMPTY", ENOTEMPTY},
    {"ELOOP", ELOOP},
    {"ENODATA", ENODATA},
    {"ETIME", ETIME},
    {"EREMOTEIO", EREMOTEIO},
    {"EPROTO", EPROTO},
    {"EBADMSG", EBADMSG},
    {"EOVERFLOW", EOVERFLOW},
    {"EILSEQ", EILSEQ},
    {"EUSERS", EUSERS},
    {"EOPNOTSUPP", EOPNOTSUPP},
    {"ETIMEDOUT", ETIMEDOUT},
    {"EHOSTDOWN", EHOSTDOWN},
    {"EALREADY", EALREADY},
    {"ESTALE", ESTALE},
    {"EDQUOT", EDQUOT},
    {"ENOMEDIUM", ENOMEDIUM},
    {"ECANCELED", ECANCELED},
    {"ENOTCONN", ENOTCONN},
};

using enum Operation;

// What goes by a path, as the kernel walks it.
constexpr Operation kByName[] = {lookup,  getattr, setattr,  truncate, chmod,     chown,
                                 utimens, access,  readlink, create,   open,      mkdir,
                                 rmdir,   unlink,  rename,   link,     symlink,   mknod,
                                 opendir, statfs,  getxattr, setxattr, listxattr, removexattr};
constexpr Operation kOpens[] = {create, open, opendir};
constexpr Operation kMoves[] = {read, write, copy_file_range, readdir};
constexpr Operation kOnOpenFile[] = {read, write,   flush,    fsync,    fallocate, copy_file_range, lseek,
                                     lock, readdir, fsyncdir, truncate, release,   releasedir};
constexpr Operation kModifies[] = {setattr, truncate, chmod,    chown,       utimens,   create,
                                   open,    write,    flush,    fsync,       fallocate, copy_file_range,
                                   mkdir,   rmdir,    unlink,   rename,      link,      symlink,
                                   mknod,   fsyncdir, setxattr, removexattr, access};
constexpr Operation kTakesRoom[] = {create,          open,     write,    flush, fsync,   fallocate,
                                    copy_file_range, mkdir,    rename,   link,  symlink, mknod,
                                    fsyncdir,        setxattr, truncate, chown, setattr};
constexpr Operation kChangesNames[] = {create, mkdir, rmdir, unlink, rename, link, symlink, mknod, open};
constexpr Operation kExtended[] = {getxattr, setxattr, listxattr, removexattr};
constexpr Operation kReaches[] = {read,  write,           open,      create, fsync,
                                  lseek, copy_file_range, fallocate, opendir};
constexpr Operation kLocks[] = {lock};
constexpr Operation kGrows[] = {write, truncate, fallocate, copy_file_range, setattr};
constexpr Operation kLinks[] = {mkdir, rename, link};
constexpr Operation kRooms[] = {rmdir, rename};
constexpr Operation kAcross[] = {rename, link, copy_file_range};

// Which operations may answer which errors, after the manual pages of Linux and what ext4, XFS, Btrfs, NFS
// and FUSE are known to answer. What every operation may answer comes from the medium, the network, the
// memory or a signal.
struct Answers {
  std::span<const Operation> operations;  // none: every operation
  std::initializer_list<int> errors;
};
const Answers kAnswers[] = {
    {{}, {EIO, EINTR, ENOMEM, ESTALE, ETIMEDOUT, ENOTCONN}},
    {kByName, {EACCES, ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG, EINVAL}},
    {kOpens, {EMFILE, ENFILE, ENXIO, ENODEV, EBUSY, EOVERFLOW, EISDIR, ETXTBSY, EAGAIN, EOPNOTSUPP}},
    {kMoves, {EAGAIN, EINVAL, EISDIR, EBADMSG, EOVERFLOW}},
    {kOnOpenFile, {EBADF, EINVAL}},
    {kModifies, {EROFS, EPERM, EACCES}},
    {kTakesRoom, {ENOSPC, EDQUOT}},
    {kChangesNames, {EEXIST, EBUSY, EPERM, EISDIR}},
    {kExtended, {ENODATA, ERANGE, E2BIG, EOPNOTSUPP, EEXIST}},
    {kReaches, {ENXIO, ENODEV, ENOMEDIUM, EREMOTEIO, EOPNOTSUPP, ESPIPE}},
    {kLocks, {EAGAIN, EDEADLK, ENOLCK, EACCES}},
    {kGrows, {EFBIG, ETXTBSY, EISDIR}},
    {kLinks, {EMLINK}},
    {kRooms, {ENOTEMPTY, EEXIST}},
    {kAcross, {EXDEV}},
};

}  // namespace

bool may_answer(Operation operation, int error) {
  return std::ranges::any_of(kAnswers, [&](const Answers& answers) {
    const bool meant = answers.operations.empty() ||
                       std::ranges::find(answers.operations, operation) != answers.operations.end();
    return meant && std::ranges::find(answers.errors, error) != answers.errors.end();
  });
}

std::vector<std::string_view> answers_of(Operation operation) {
  std::vector<std::string_view> names;
  for (const auto& known : kErrnos)
    if (may_answer(operation, known.value)) names.push_back(known.name);
  return names;
}

std::optional<int> errno_from(std::string_view name) {
  for (const auto& known : kErrnos) {
    if (known.name == name) return known.value;
  }
  return std::nullopt;
}

std::string errno_name(int error) {
  for (const auto& known : kErrnos) {
    if (known.value == error) return std::string(known.name);
  }
  return "errno " + std::to_string(error);
}

}  // namespace holdfast::faultfs
