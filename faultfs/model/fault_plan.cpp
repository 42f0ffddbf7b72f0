#include "faultfs/model/fault_plan.h"

#include <cerrno>

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

}  // namespace

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
