#include "simulator/scenario/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <vector>

#include "core/base/nearest.h"
#include "core/base/units.h"
#include "simulator/scenario/measures.h"

namespace holdfast::scenario {
namespace {

constexpr std::string_view kComparators[] = {"<", "<=", "==", ">=", ">"};  // by value of Comparator
constexpr std::string_view kSpace = " \t";

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (auto begin = text.find_first_not_of(kSpace); begin != text.npos;) {
    const auto end = std::min(text.find_first_of(kSpace, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(kSpace, end);
  }
  return words;
}

std::unexpected<Error> wrong(std::string message) { return fail(Code::invalid, std::move(message)); }

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1e15)
    return std::nullopt;
  return value;
}

Result<double> parse_value(const Measure& measure, std::string_view text) {
  const std::string found =
      "found the value " + in_quotes(text) + " for " + std::string(measure.name) + "; allowed: ";
  switch (measure.unit) {
    case MeasureUnit::duration: {
      const auto duration = parse_duration(text);
      if (!duration) return wrong(found + "a duration like 20s (units: ns, us, ms, s, m, h)");
      return static_cast<double>(duration->count()) / 1e9;
    }
    case MeasureUnit::ratio: {
      const bool percent = text.ends_with('%');
      const auto value = number(percent ? text.substr(0, text.size() - 1) : text);
      if (!value) return wrong(found + "a share like 10% or 0.1");
      return percent ? *value / 100 : *value;
    }
    case MeasureUnit::factor: {
      const auto value = number(text);
      if (!value) return wrong(found + "a factor like 1.5");
      return *value;
    }
    case MeasureUnit::count: {
      const auto value = number(text);
      if (!value) return wrong(found + "a number like 0");
      return *value;
    }
  }
  return wrong(found + "a number");
}

// As written, but for a share that was written as a plain number: beside "4.8 %" people read "10%".
std::string text_of(const Measure& measure, std::span<const std::string_view> words, double value,
                    std::string_view text) {
  if (measure.unit != MeasureUnit::ratio || words[2].ends_with('%')) return std::string(text);
  return fmt::format("{} {} {:.10g}%", measure.name, words[1], value * 100);
}

}  // namespace

Result<Expectation> parse_expectation(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() != 3) {
    return wrong("found " + in_quotes(text) +
                 "; allowed: a measure, a comparator and a value with spaces between, like "
                 "\"retention.durable >= 10%\"");
  }
  const Measure* measure = find_measure(words[0]);
  if (measure == nullptr) {
    const auto names = measure_names();
    return wrong("found the unknown measure " + in_quotes(words[0]) + allowed_names(words[0], names));
  }
  const auto comparator = std::ranges::find(kComparators, words[1]);
  if (comparator == std::end(kComparators))
    return wrong("found the comparator " + in_quotes(words[1]) + "; allowed are " +
                 quoted_list(kComparators));
  const auto value = parse_value(*measure, words[2]);
  if (!value) return fail(value.error());
  return Expectation{std::string(measure->name), static_cast<Comparator>(comparator - kComparators), *value,
                     text_of(*measure, words, *value, text), 0};
}

std::string_view to_string(Comparator comparator) {
  return kComparators[static_cast<std::size_t>(comparator)];
}

bool holds(const Expectation& expectation, double measured) {
  switch (expectation.comparator) {
    case Comparator::less: return measured < expectation.value;
    case Comparator::less_equal: return measured <= expectation.value;
    case Comparator::equal: return measured == expectation.value;
    case Comparator::greater_equal: return measured >= expectation.value;
    case Comparator::greater: return measured > expectation.value;
  }
  return false;
}

}  // namespace holdfast::scenario
