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

std::string_view first_name(std::string_view path) { return path.substr(0, path.find('/')); }

std::string_view after_first_name(std::string_view path) {
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
}

// One name against one part of the glob. Going back to the last star alone is enough: what an
// earlier star could swallow instead, the later one can swallow too.
bool name_matches(std::string_view glob, std::string_view name) {
  std::size_t g = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      star_name = n;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == name[n])) {
      ++g;
      ++n;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view path) {
  if (glob == "**") return true;
  bool starred = false;
  std::string_view star_glob;
  std::string_view star_path;
  while (!path.empty()) {
    if (first_name(glob) == "**") {
      glob = after_first_name(glob);
      starred = true;
      star_glob = glob;
      star_path = path;
    } else if (!glob.empty() && name_matches(first_name(glob), first_name(path))) {
      glob = after_first_name(glob);
      path = after_first_name(path);
    } else if (starred) {
      star_path = after_first_name(star_path);
      path = star_path;
      glob = star_glob;
    } else {
      return false;
    }
  }
  while (first_name(glob) == "**") glob = after_first_name(glob);
  return glob.empty();
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
