#include "core/config/reader_json.h"

#include <algorithm>

#include "core/base/nearest.h"
#include "core/base/result.h"
#include "core/base/units.h"

namespace holdfast::config {
namespace {

using nlohmann::json;

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Without the digits that a double does not need: 1000000, 0.25.
std::string number_text(double value) { return json(value).dump(); }

}  // namespace

std::string pointer_to(std::string_view parent, std::string_view key) {
  std::string pointer(parent);
  pointer += '/';
  for (char c : key) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return std::string(parent) + "/" + std::to_string(index);
}

std::string describe(const json& value) {
  constexpr std::size_t kLongest = 60;
  switch (value.type()) {
    case json::value_t::object: return "an object";
    case json::value_t::array: return "an array";
    case json::value_t::null: return "null";
    case json::value_t::boolean: return value.get<bool>() ? "true" : "false";
    case json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      return "the text " + in_quotes(text.size() > kLongest ? text.substr(0, kLongest) + "..." : text);
    }
    default: return "the number " + value.dump();
  }
}

ObjectReader::ObjectReader(const json& object, std::string pointer, Problems& problems)
    : object_(object.is_object() ? &object : nullptr), pointer_(std::move(pointer)), problems_(&problems) {
  if (object_ == nullptr) problem_here("found " + describe(object) + "; allowed: an object");
}

void ObjectReader::allow(std::span<const std::string_view> keys) {
  if (object_ == nullptr) return;
  for (const auto& [key, value] : object_->items()) {
    if (std::ranges::find(keys, key) != keys.end()) continue;
    problems_->push_back({pointer_to(pointer_, key), true,
                          "found the unknown key " + in_quotes(key) + allowed_names(key, keys)});
  }
}

const json* ObjectReader::find(std::string_view key) const {
  if (object_ == nullptr) return nullptr;
  const auto member = object_->find(key);
  return member == object_->end() ? nullptr : &*member;
}

const json* ObjectReader::require(std::string_view key) {
  const json* member = find(key);
  if (member == nullptr && object_ != nullptr) problem_here("the key " + in_quotes(key) + " is missing");
  return member;
}

bool ObjectReader::text(std::string_view key, std::string& out) {
  const json* member = find(key);
  if (member == nullptr) return false;
  if (!member->is_string()) return refuse(key, *member, "a text");
  out = member->get<std::string>();
  return true;
}

bool ObjectReader::count(std::string_view key, std::uint64_t& out, Range<std::uint64_t> range) {
  const json* member = find(key);
  if (member == nullptr) return false;
  if (member->is_number_unsigned()) {
    const auto value = member->get<std::uint64_t>();
    if (value >= range.min && value <= range.max) {
      out = value;
      return true;
    }
  }
  return refuse(key, *member,
                "a whole number from " + std::to_string(range.min) + " to " + std::to_string(range.max));
}

bool ObjectReader::duration(std::string_view key, Duration& out, Range<Duration> range) {
  const json* member = find(key);
  if (member == nullptr) return false;
  const std::string allowed = "a duration from " + in_quotes(format_duration(range.min)) + " to " +
                              in_quotes(format_duration(range.max)) + " (units: ns, us, ms, s, m, h)";
  if (!member->is_string()) return refuse(key, *member, allowed);
  const auto value = parse_duration(member->get_ref<const std::string&>());
  if (!value || *value < range.min || *value > range.max) return refuse(key, *member, allowed);
  out = *value;
  return true;
}

bool ObjectReader::size(std::string_view key, std::uint64_t& out, Range<std::uint64_t> range) {
  const json* member = find(key);
  if (member == nullptr) return false;
  const std::string allowed = "a size from " + in_quotes(format_size(range.min)) + " to " +
                              in_quotes(format_size(range.max)) + " (units: B, KiB, MiB, GiB, TiB)";
  if (!member->is_string()) return refuse(key, *member, allowed);
  const auto value = parse_size(member->get_ref<const std::string&>());
  if (!value || *value < range.min || *value > range.max) return refuse(key, *member, allowed);
  out = *value;
  return true;
}

bool ObjectReader::rate(std::string_view key, double& out, Range<double> range) {
  const json* member = find(key);
  if (member == nullptr) return false;
  const std::string allowed = "a rate like \"2000/s\", from " + number_text(range.min) + " to " +
                              number_text(range.max) + " a second (units: /s, /m, /h)";
  if (!member->is_string()) return refuse(key, *member, allowed);
  const auto value = parse_rate(member->get_ref<const std::string&>());
  if (!value || *value < range.min || *value > range.max) return refuse(key, *member, allowed);
  out = *value;
  return true;
}

bool ObjectReader::number(std::string_view key, double& out, Range<double> range) {
  const json* member = find(key);
  if (member == nullptr) return false;
  const std::string allowed = "a number from " + number_text(range.min) + " to " + number_text(range.max);
  if (!member->is_number()) return refuse(key, *member, allowed);
  const double value = member->get<double>();
  if (!(value >= range.min && value <= range.max)) return refuse(key, *member, allowed);
  out = value;
  return true;
}

bool ObjectReader::flag(std::string_view key, bool& out) {
  const json* member = find(key);
  if (member == nullptr) return false;
  if (!member->is_boolean()) return refuse(key, *member, "true or false");
  out = member->get<bool>();
  return true;
}

std::optional<std::size_t> ObjectReader::choice(std::string_view key,
                                                std::span<const std::string_view> names) {
  const json* member = find(key);
  if (member == nullptr) return std::nullopt;
  const std::string text = member->is_string() ? member->get<std::string>() : "";
  const auto name = std::ranges::find(names, text);
  if (name != names.end()) return static_cast<std::size_t>(name - names.begin());
  problem(key, "found " + describe(*member) + allowed_names(text, names));
  return std::nullopt;
}

std::optional<ObjectReader> ObjectReader::object(std::string_view key) {
  const json* member = find(key);
  if (member == nullptr) return std::nullopt;
  if (!member->is_object()) {
    refuse(key, *member, "an object");
    return std::nullopt;
  }
  return ObjectReader(*member, pointer_to(pointer_, key), *problems_);
}

const json* ObjectReader::array(std::string_view key) {
  const json* member = find(key);
  if (member == nullptr) return nullptr;
  if (member->is_array()) return member;
  refuse(key, *member, "an array");
  return nullptr;
}

void ObjectReader::problem(std::string_view key, std::string message) {
  problems_->push_back({pointer_to(pointer_, key), false, std::move(message)});
}

void ObjectReader::problem_here(std::string message) {
  problems_->push_back({pointer_, false, std::move(message)});
}

bool ObjectReader::refuse(std::string_view key, const json& found, std::string_view allowed) {
  problem(key, "found " + describe(found) + "; allowed: " + std::string(allowed));
  return false;
}

}  // namespace holdfast::config
