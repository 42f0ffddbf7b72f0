#include "faultfs/model/plan_reader_json.h"

#include <algorithm>

#include "core/base/nearest.h"
#include "core/base/units.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

// A string that `parse` turns into a number with a unit.
template <class T>
PlanResult<T> with_unit(const json& value, const std::string& pointer, std::string_view what,
                        Result<T> (*parse)(std::string_view)) {
  auto text = text_of(value, pointer, what);
  if (!text) return wrong(pointer, text.error().message + " with a unit");
  auto parsed = parse(*text);
  if (!parsed) return wrong(pointer, parsed.error().message);
  return *parsed;
}

}  // namespace

std::unexpected<PlanError> wrong(std::string pointer, std::string message) {
  return std::unexpected(PlanError{std::move(pointer), std::move(message)});
}

std::string below(const std::string& pointer, std::string_view key) {
  return pointer + "/" + json::json_pointer().operator/=(std::string(key)).to_string().substr(1);
}
std::string below(const std::string& pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

PlanResult<void> check_keys(const json& value, const std::string& pointer, std::string_view what,
                            std::span<const std::string_view> allowed) {
  if (!value.is_object()) {
    return wrong(pointer, std::string(what) + " must be an object with " + quoted_list(allowed));
  }
  for (const auto& [key, ignored] : value.items()) {
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    return std::unexpected(
        PlanError{below(pointer, key),
                  "unknown key \"" + key + "\" in " + std::string(what) + allowed_names(key, allowed), true});
  }
  return {};
}

PlanResult<std::string> text_of(const json& value, const std::string& pointer, std::string_view what) {
  if (!value.is_string()) return wrong(pointer, std::string(what) + " must be a string");
  return value.get<std::string>();
}

PlanResult<Duration> duration_of(const json& value, const std::string& pointer) {
  return with_unit<Duration>(value, pointer, "a duration", parse_duration);
}

PlanResult<std::uint64_t> size_of(const json& value, const std::string& pointer) {
  return with_unit<std::uint64_t>(value, pointer, "a size", parse_size);
}

PlanResult<std::uint64_t> count_of(const json& value, const std::string& pointer, std::uint64_t least,
                                   std::uint64_t most) {
  if (value.is_number_unsigned() && value.get<std::uint64_t>() >= least && value.get<std::uint64_t>() <= most)
    return value.get<std::uint64_t>();
  return wrong(pointer, "found " + value.dump() + "; allowed: a whole number from " + std::to_string(least) +
                            " to " + std::to_string(most));
}

PlanResult<bool> truth_of(const json& value, const std::string& pointer) {
  if (value.is_boolean()) return value.get<bool>();
  return wrong(pointer, "found " + value.dump() + "; allowed: true or false");
}

PlanResult<std::size_t> choice_of(const json& value, const std::string& pointer, std::string_view what,
                                  std::span<const std::string_view> names) {
  auto name = text_of(value, pointer, what);
  if (!name) return std::unexpected(name.error());
  const auto found = std::ranges::find(names, *name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return wrong(pointer, "found \"" + *name + "\"" + allowed_names(*name, names));
}

PlanResult<int> errno_of(const json& value, const std::string& pointer) {
  auto name = text_of(value, pointer, "\"error\"");
  if (!name) return std::unexpected(name.error());
  if (*name == "ENOSYS") {
    return wrong(pointer, "ENOSYS is never injected: the kernel would remember it and never ask again");
  }
  if (auto error = errno_from(*name)) return *error;
  return wrong(pointer, "unknown error \"" + *name +
                            "\"; use the name of an errno such as \"EIO\", \"ENOSPC\", "
                            "\"EDQUOT\", \"EROFS\", \"EACCES\", \"EMFILE\"");
}

}  // namespace holdfast::faultfs
