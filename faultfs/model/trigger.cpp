#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {
namespace {

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

// The glob and the path part company before its first star, so there is no need to look further.
bool differ_early(std::string_view glob, std::string_view path) {
  for (std::size_t i = 0; i < glob.size(); ++i) {
    if (glob[i] == '*' || glob[i] == '?') return false;
    if (i == path.size()) return glob[i] != '/';
    if (glob[i] != path[i]) return true;
  }
  return glob.size() != path.size();
}

bool touches(const OffsetRange& range, const Call& call) {
  return call.offset < range.to && call.offset + call.size > range.from;
}

bool is_meant(const CallerTrigger& caller, const Call& call) {
  return (!caller.pid || *caller.pid == call.caller_process) &&
         (!caller.uid || caller.uid == call.caller_uid) && (!caller.comm || *caller.comm == call.caller_comm);
}

}  // namespace

bool glob_matches(std::string_view glob, std::string_view path) {
  if (glob == "**") return true;
  if (differ_early(glob, path)) return false;
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

bool Trigger::concerns(const Call& call) const {
  if (ordinal != 0 && call.ordinal != ordinal) return false;
  if (flags && (!call.open_flags || (*call.open_flags & flags->mask) != flags->value)) return false;
  if ((offset || size) && !has_place(call.operation)) return false;
  if (offset && !touches(*offset, call)) return false;
  if (size && (call.size < size->at_least || call.size > size->at_most)) return false;
  return !caller || is_meant(*caller, call);
}

}  // namespace holdfast::faultfs
