// What a token costs, for records that bring no cost of their own. Prices are written as providers
// publish them, in US dollars per million tokens, input before output:
//
//   auto prices = PriceTable::parse("gpt-4o=2.5/10, gpt-4o-mini=0.15/0.6, claude-*=3/15");
//   const Price* price = prices->find("gpt-4o");          // null: the table has none
//
// A name with a star at its end stands for every model that begins so; the longest that fits counts,
// and a whole name before any star. At most three decimals, so that a token costs a whole number of
// 10^-9 dollars. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/usage/totals.h"

namespace holdfast::usage {

struct Price {
  std::uint64_t input_nanousd = 0;  // per token
  std::uint64_t output_nanousd = 0;
  friend bool operator==(const Price&, const Price&) = default;
};

class PriceTable {
 public:
  // Code::invalid, with the entry that is wrong and what one looks like.
  static Result<PriceTable> parse(std::string_view text);

  const Price* find(std::string_view model) const;
  // Sums of records of one model that brought no cost: gives them their cost, or calls them unpriced.
  void apply(std::string_view model, Sums& sums) const;

 private:
  std::map<std::string, Price, std::less<>> whole_;
  std::map<std::string, Price, std::less<>> prefixes_;
};

}  // namespace holdfast::usage
