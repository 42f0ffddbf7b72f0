#include "core/base/result.h"

#include <cerrno>
#include <cstring>

namespace holdfast {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::no_space: return "no_space";
    case Code::permission: return "permission";
    case Code::read_only: return "read_only";
    case Code::not_found: return "not_found";
    case Code::exists: return "exists";
    case Code::wrong_kind: return "wrong_kind";
    case Code::too_many_open: return "too_many_open";
    case Code::io: return "io";
    case Code::corrupted: return "corrupted";
    case Code::timeout: return "timeout";
    case Code::cancelled: return "cancelled";
    case Code::unavailable: return "unavailable";
    case Code::busy: return "busy";
    case Code::invalid: return "invalid";
    case Code::unsupported: return "unsupported";
    case Code::internal: return "internal";
  }
  return "internal";
}

Code code_of_errno(int os_error) {
  switch (os_error) {
    case ENOSPC:
    case EDQUOT: return Code::no_space;
    case EACCES:
    case EPERM: return Code::permission;
    case EROFS: return Code::read_only;
    case ENOENT: return Code::not_found;
    case EEXIST:
    case ENOTEMPTY: return Code::exists;
    case EISDIR:
    case ENOTDIR: return Code::wrong_kind;
    case EMFILE:
    case ENFILE: return Code::too_many_open;
    case ETIMEDOUT: return Code::timeout;
    case EWOULDBLOCK:
    case EBUSY: return Code::busy;
    case EINVAL:
    case ENAMETOOLONG: return Code::invalid;
    case ENOSYS:
    case EOPNOTSUPP: return Code::unsupported;
    default: return Code::io;
  }
}

Error error_of_errno(int os_error, std::string_view what) {
  return Error{code_of_errno(os_error), std::string(what) + ": " + ::strerror(os_error), os_error};
}

}  // namespace holdfast
