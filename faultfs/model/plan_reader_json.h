// Reading values of a fault plan: each takes the value and the JSON pointer at which it stands, and gives
// what it means or a PlanError that names the place, what was found and what is allowed.
//
//   auto status = check_keys(value, pointer, "\"when\"", kWhenKeys);
//   if (status) status = take(value, pointer, "from", when.from, duration_of);
//
// Pure. For the files that read the parts of a plan.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "core/base/time.h"
#include "faultfs/model/fault_plan_json.h"

namespace holdfast::faultfs {

std::unexpected<PlanError> wrong(std::string pointer, std::string message);

// "/rules/0" + "a/b" is "/rules/0/a~1b".
std::string below(const std::string& pointer, std::string_view key);
std::string below(const std::string& pointer, std::size_t index);

// An object with no other keys than these.
PlanResult<void> check_keys(const nlohmann::json& value, const std::string& pointer, std::string_view what,
                            std::span<const std::string_view> allowed);

PlanResult<std::string> text_of(const nlohmann::json& value, const std::string& pointer,
                                std::string_view what);
PlanResult<Duration> duration_of(const nlohmann::json& value, const std::string& pointer);
PlanResult<std::uint64_t> size_of(const nlohmann::json& value, const std::string& pointer);
// A whole number within bounds.
PlanResult<std::uint64_t> count_of(const nlohmann::json& value, const std::string& pointer,
                                   std::uint64_t least, std::uint64_t most);
PlanResult<bool> truth_of(const nlohmann::json& value, const std::string& pointer);
// One of a few names, as its place in the list.
PlanResult<std::size_t> choice_of(const nlohmann::json& value, const std::string& pointer,
                                  std::string_view what, std::span<const std::string_view> names);

// The name of an errno that may be injected.
PlanResult<int> errno_of(const nlohmann::json& value, const std::string& pointer);

// Stores the value of `key`, if there is one, where it belongs.
template <class T, class Read>
PlanResult<void> take(const nlohmann::json& from, const std::string& pointer, std::string_view key, T& into,
                      Read read) {
  const auto found = from.find(key);
  if (found == from.end()) return {};
  auto value = read(*found, below(pointer, key));
  if (!value) return std::unexpected(value.error());
  into = *std::move(value);
  return {};
}

}  // namespace holdfast::faultfs
