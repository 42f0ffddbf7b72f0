#include "simulator/scenario/overrides_json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "core/base/nearest.h"
#include "core/config/reader_json.h"
#include "faultfs/model/json_positions_json.h"

namespace holdfast::scenario {
namespace {

using nlohmann::json;

std::unexpected<Error> wrong(std::string_view path, std::string message) {
  return fail(Code::invalid, "--set " + std::string(path) + ": " + std::move(message));
}

json value_of(std::string_view text) {
  auto parsed = faultfs::parse_positioned(text, "value");
  if (parsed && !parsed->document.is_null()) return std::move(parsed->document);
  return std::string(text);
}

std::vector<std::string_view> names_in(const json& array) {
  std::vector<std::string_view> names;
  for (const auto& member : array) {
    if (!member.is_object()) continue;
    const auto name = member.find("name");
    if (name != member.end() && name->is_string()) names.push_back(name->get_ref<const std::string&>());
  }
  return names;
}

std::optional<std::size_t> index_of(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

// The index of the member that `segment` names.
Result<std::size_t> member_of(const json& array, std::string_view segment, std::string_view path,
                              const std::string& pointer) {
  if (const auto index = index_of(segment)) {
    if (*index < array.size()) return *index;
    return wrong(path, "found the index " + std::to_string(*index) + "; " + pointer + " has " +
                           std::to_string(array.size()) + " members, counted from 0");
  }
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (array[i].is_object() && array[i].value("name", json()) == json(std::string(segment))) return i;
  }
  return wrong(path, "found no member of " + pointer + " named \"" + std::string(segment) + "\"" +
                         allowed_names(segment, names_in(array)));
}

// One step down, making an object's member when it is missing.
Result<json*> step(json& node, std::string_view segment, std::string_view path, std::string& pointer) {
  if (node.is_array()) {
    const auto index = member_of(node, segment, path, pointer);
    if (!index) return fail(index.error());
    pointer = config::pointer_to(pointer, *index);
    return &node[*index];
  }
  if (node.is_null()) node = json::object();
  if (!node.is_object())
    return wrong(path, "found " + config::describe(node) + " at " + pointer + ", which has no members");
  pointer = config::pointer_to(pointer, segment);
  return &node[std::string(segment)];
}

}  // namespace

Result<Override> apply_override(std::string_view text, json& document) {
  const auto equals = text.find('=');
  if (equals == text.npos || equals == 0)
    return fail(Code::invalid, "--set " + std::string(text) + ": allowed: path=value, like load.rate=500/s");
  const std::string_view path = text.substr(0, equals);
  Override result{std::string(path), ""};

  json changed = document;  // all or nothing
  json* node = &changed;
  for (std::string_view rest = path; !rest.empty();) {
    const auto dot = std::min(rest.find('.'), rest.size());
    const std::string_view segment = rest.substr(0, dot);
    if (segment.empty() || dot + 1 == rest.size())
      return wrong(path, "found an empty name in the path; allowed: names with one dot between");
    const auto next = step(*node, segment, path, result.pointer);
    if (!next) return fail(next.error());
    node = *next;
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  *node = value_of(text.substr(equals + 1));
  if (path == "load.trace") changed["load"]["arrival"] = "trace";
  document = std::move(changed);
  return result;
}

}  // namespace holdfast::scenario
