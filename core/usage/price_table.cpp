#include "core/usage/price_table.h"

#include <charconv>
#include <limits>
#include <optional>

namespace holdfast::usage {
namespace {

constexpr std::uint64_t kHighestUsd = 1'000'000;  // per million tokens
constexpr std::size_t kDecimals = 3;              // 0.001 dollars per million are 10^-9 a token

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "2.5" dollars per million tokens: 2,500 nanodollars a token.
std::optional<std::uint64_t> per_token(std::string_view text) {
  const auto point = text.find('.');
  const auto dollars = whole_number(text.substr(0, point));
  if (!dollars || *dollars > kHighestUsd) return std::nullopt;
  std::uint64_t thousandths = 0;
  if (point != std::string_view::npos) {
    std::string decimals(text.substr(point + 1));
    if (decimals.empty() || decimals.size() > kDecimals) return std::nullopt;
    decimals.resize(kDecimals, '0');
    const auto value = whole_number(decimals);
    if (!value) return std::nullopt;
    thousandths = *value;
  }
  return *dollars * 1000 + thousandths;
}

std::optional<Price> parse_price(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto input = per_token(trimmed(text.substr(0, slash)));
  const auto output = per_token(trimmed(text.substr(slash + 1)));
  if (!input || !output) return std::nullopt;
  return Price{*input, *output};
}

std::uint64_t times(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<std::uint64_t>::max() : product;
}

}  // namespace

Result<PriceTable> PriceTable::parse(std::string_view text) {
  PriceTable table;
  while (!trimmed(text).empty()) {
    const auto comma = text.find(',');
    const std::string_view entry = trimmed(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
    const auto equals = entry.rfind('=');
    const std::string_view model = trimmed(entry.substr(0, equals));
    const auto price =
        equals == std::string_view::npos ? std::nullopt : parse_price(trimmed(entry.substr(equals + 1)));
    if (!price || model.empty())
      return fail(Code::invalid,
                  "found \"" + std::string(entry) +
                      "\"; allowed: MODEL=INPUT/OUTPUT in US dollars per million tokens, with at most three "
                      "decimals, joined by commas, like \"gpt-4o=2.5/10, claude-*=3/15\"");
    if (model.back() == '*')
      table.prefixes_[std::string(model.substr(0, model.size() - 1))] = *price;
    else
      table.whole_[std::string(model)] = *price;
  }
  return table;
}

const Price* PriceTable::find(std::string_view model) const {
  if (const auto whole = whole_.find(model); whole != whole_.end()) return &whole->second;
  for (std::size_t size = model.size() + 1; size-- > 0;)
    if (const auto prefix = prefixes_.find(model.substr(0, size)); prefix != prefixes_.end())
      return &prefix->second;
  return nullptr;
}

void PriceTable::apply(std::string_view model, Sums& sums) const {
  const Price* price = find(model);
  if (price == nullptr) {
    sums.unpriced = add_up(sums.unpriced, sums.records);
    return;
  }
  const std::uint64_t cost = add_up(times(sums.input_tokens, price->input_nanousd),
                                    times(sums.output_tokens, price->output_nanousd));
  sums.cost_nanousd = add_up(sums.cost_nanousd, cost);
}

}  // namespace holdfast::usage
