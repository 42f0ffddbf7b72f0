#include "simulator/cli/seeds.h"

#include <charconv>
#include <optional>
#include <string_view>

#include "simulator/scenario/check.h"

namespace holdfast::cli {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<scenario::SeedRange> parse_seeds(const std::string& text) {
  const auto dots = text.find("..");
  const auto first = parse_number(std::string_view(text).substr(0, dots));
  const auto last = dots == std::string::npos ? first : parse_number(std::string_view(text).substr(dots + 2));
  if (!first || !last || *last < *first || *last - *first >= scenario::kMostSeeds)
    return fail(Code::invalid,
                "--seeds takes A..B or one number (at most a million seeds), not \"" + text + "\"");
  return scenario::SeedRange{*first, *last};
}

}  // namespace holdfast::cli
