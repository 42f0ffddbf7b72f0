// Paths of the memory disk in one normal form: absolute, without empty names, "." and "..", and
// without a final slash, so that the root is "".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::world {

inline std::vector<std::string_view> names_in(std::string_view path) {
  std::vector<std::string_view> names;
  while (!path.empty()) {
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(name.size() < path.size() ? name.size() + 1 : name.size());
    if (name.empty() || name == ".") continue;
    if (name != "..") {
      names.push_back(name);
    } else if (!names.empty()) {
      names.pop_back();
    }
  }
  return names;
}

inline std::string normal_path(std::string_view path) {
  std::string normal;
  for (const auto name : names_in(path)) normal.append("/").append(name);
  return normal;
}

}  // namespace holdfast::world
