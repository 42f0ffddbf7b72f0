#include "faultfs/model/path_class.h"

#include <algorithm>

namespace holdfast::faultfs {
namespace {

bool is_digit(char sign) { return sign >= '0' && sign <= '9'; }

// As it stands in a path pattern.
void add_literally(std::string& pattern, char sign) {
  constexpr std::string_view kMeant = ".[]()|*+?\\^${}";
  if (kMeant.find(sign) != std::string_view::npos) pattern += '\\';
  pattern += sign;
}

std::string pattern_of_class(std::string_view name) {
  std::string pattern;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '#') {
      pattern += "[0-9]+";
    } else {
      if (name[i] == '\\' && i + 1 < name.size()) ++i;
      add_literally(pattern, name[i]);
    }
  }
  return pattern;
}

bool is_plain_as_glob(std::string_view path) { return path.find_first_of("*?") == std::string_view::npos; }

Status set_pattern(Trigger& when, std::string_view pattern, const std::string& what) {
  auto compiled = PathPattern::compile(pattern);
  if (!compiled) return fail(compiled.error().code, what + ": " + compiled.error().message);
  when.path_regex = *std::move(compiled);
  return {};
}

}  // namespace

std::string PathClasses::of(std::string_view path) const {
  const auto meant = std::ranges::find_if(globs_, [&](const auto& glob) { return glob_matches(glob, path); });
  if (meant != globs_.end()) return *meant;
  std::string name;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool in_number = is_digit(path[i]);
    if (in_number && i > 0 && is_digit(path[i - 1])) continue;
    if (path[i] == '#' || path[i] == '\\') name += '\\';
    name += in_number ? '#' : path[i];
  }
  return name;
}

Status PathClasses::aim(Trigger& when, const std::string& name) const {
  const bool is_glob = std::ranges::find(globs_, name) != globs_.end();
  const bool is_one_path = is_plain_as_glob(name) && name.find_first_of("#\\") == std::string::npos;
  if (!is_glob && !is_one_path) return set_pattern(when, pattern_of_class(name), "the class " + name);
  when.path = name;
  return {};
}

Status aim_at_path(Trigger& when, const std::string& path) {
  if (is_plain_as_glob(path)) {
    when.path = path;
    return {};
  }
  std::string pattern;
  for (const char sign : path) add_literally(pattern, sign);
  return set_pattern(when, pattern, "the path " + path);
}

}  // namespace holdfast::faultfs
