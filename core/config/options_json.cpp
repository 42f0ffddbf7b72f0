#include "core/config/options_json.h"

#include <algorithm>

#include "core/config/options_table.h"

namespace holdfast::config {
namespace {

using nlohmann::json;

std::string dotted(std::string_view prefix, std::string_view key) {
  return prefix.empty() ? std::string(key) : std::string(prefix) + "." + std::string(key);
}

std::string_view wanted(OptionKind kind) {
  switch (kind) {
    case OptionKind::duration: return "a duration like \"250ms\"";
    case OptionKind::size: return "a size like \"64MiB\"";
    case OptionKind::count: return "a whole number";
    default: return "a text";
  }
}

Status read_value(const OptionRow& row, const json& value, Options& options) {
  const bool is_count = row.kind == OptionKind::count;
  if (is_count && value.is_number_unsigned()) return set_option(row, options, value.get<std::uint64_t>());
  if (!is_count && value.is_string()) return set_option(row, options, value.get_ref<const std::string&>());
  return fail(Code::invalid, std::string(row.path) + ": found " + describe(value) +
                                 "; allowed: " + std::string(wanted(row.kind)) + ", " + option_range(row));
}

void read_object(const json& object, const std::string& prefix, const std::string& pointer, Options& options,
                 Problems& problems) {
  ObjectReader reader(object, pointer, problems);
  const auto keys = option_keys(prefix);
  reader.allow(keys);
  for (std::string_view key : keys) {
    const json* member = reader.find(key);
    if (member == nullptr) continue;
    const std::string path = dotted(prefix, key);
    if (const OptionRow* row = find_option(path)) {
      if (auto status = read_value(*row, *member, options); !status)
        reader.problem(key, status.error().message);
    } else {
      read_object(*member, path, pointer_to(pointer, key), options, problems);
    }
  }
}

json::json_pointer json_pointer_of(std::string_view path) {
  std::string pointer = "/" + std::string(path);
  std::ranges::replace(pointer, '.', '/');
  return json::json_pointer(pointer);
}

// The deepest of the path's objects that the document has, so that there is a place to point at.
std::string place_of(const json& document, const std::string& base, std::string_view path) {
  auto pointer = json_pointer_of(path);
  while (!pointer.empty() && !document.contains(pointer)) pointer.pop_back();
  return base + pointer.to_string();
}

}  // namespace

void read_options(const json& document, const std::string& pointer, Options& options, Problems& problems) {
  const std::size_t before = problems.size();
  read_object(document, "", pointer, options, problems);
  if (problems.size() != before) return;  // what is half read need not agree
  for (const auto& [path, message] : disagreements(options))
    problems.push_back({place_of(document, pointer, path), false, std::string(path) + " " + message});
}

Status apply_options(const json& document, Options& options) {
  Options changed = options;
  Problems problems;
  read_options(document, "", changed, problems);
  if (!problems.empty())
    return fail(Code::invalid, (problems.front().pointer.empty() ? "/" : problems.front().pointer) + ": " +
                                   problems.front().message);
  options = std::move(changed);
  return {};
}

json options_to_json(const Options& options) {
  json document = json::object();
  for (const auto& row : option_table()) {
    json& value = document[json_pointer_of(row.path)];
    const std::string text = option_text(row, options);
    value = row.kind == OptionKind::count ? json(std::stoull(text)) : json(text);
  }
  return document;
}

}  // namespace holdfast::config
