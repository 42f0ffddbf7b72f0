// The nearest valid name to a misspelt one, for messages that help.
//
//   nearest_name("efect", {"name", "when", "effect"})     // "effect"
//   quoted_list({"a", "b"})                                // "a", "b"
//
// Empty when nothing is near: more letters would have to change than a slip of the hand explains. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast {

std::string nearest_name(std::string_view found, std::span<const std::string_view> allowed);
std::string in_quotes(std::string_view text);  // "text"
std::string quoted_list(std::span<const std::string_view> names);

// `; allowed are "a", "b"` and, when one is near, `; did you mean "a"?`.
std::string allowed_names(std::string_view found, std::span<const std::string_view> allowed);

}  // namespace holdfast
