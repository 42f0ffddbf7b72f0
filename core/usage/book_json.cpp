#include "core/usage/book_json.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"
#include "core/base/crc32c.h"

namespace holdfast::usage {
namespace {

using Json = nlohmann::ordered_json;

// What a reader found wrong; does not leave this file.
struct Wrong {
  std::string what;
};

std::string hex(std::uint64_t value, int digits) {
  std::string text(static_cast<std::size_t>(digits), '0');
  for (int at = digits; at-- > 0; value >>= 4)
    text[static_cast<std::size_t>(at)] = "0123456789abcdef"[value & 15];
  return text;
}

std::string second_text(WallTime wall) {
  const auto seconds = wall.time_since_epoch() / std::chrono::seconds(1);
  const auto of_day = static_cast<int>(((seconds % 86'400) + 86'400) % 86'400);
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  return day_text(day_of(wall.time_since_epoch().count())) + "T" + two(of_day / 3600) + ":" +
         two(of_day / 60 % 60) + ":" + two(of_day % 60) + "Z";
}

std::string checksum_of(const Json& usage) { return hex(crc32c(as_bytes(usage.dump())), 8); }

// ---- writing ----

Json json_of(const Names& names, const Sums& sums) {
  return {{"model", names.model},
          {"provider", names.provider},
          {"operation", names.operation},
          {"records", sums.records},
          {"input_tokens", sums.input_tokens},
          {"output_tokens", sums.output_tokens},
          {"latency_us", sums.latency_us},
          {"cost_nanousd", sums.cost_nanousd},
          {"unpriced", sums.unpriced}};
}

Json json_of(const Totals& totals) {
  Json days = Json::object();
  for (const auto& [day, rows] : totals.days()) {
    Json& list = days[day_text(day)] = Json::array();
    for (const auto& [names, sums] : rows) list.push_back(json_of(names, sums));
  }
  return days;
}

Json json_of(const IntervalSet& counted) {
  Json list = Json::array();
  for (const auto& [first, last] : counted.intervals()) list.push_back(Json::array({first, last}));
  return list;
}

Json json_of(const Life& life) {
  return {{"epoch", hex(life.epoch, 16)},
          {"counted", json_of(life.counted)},
          {"closed", life.closed},
          {"days", json_of(life.totals)}};
}

// ---- reading ----

const Json& member(const Json& object, const char* key) {
  if (!object.is_object()) throw Wrong{std::string("there is no object to hold \"") + key + "\""};
  const auto found = object.find(key);
  if (found == object.end()) throw Wrong{std::string("\"") + key + "\" is missing"};
  return *found;
}
std::uint64_t number(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_number_unsigned()) throw Wrong{std::string("\"") + key + "\" is no whole number"};
  return value.get<std::uint64_t>();
}
std::string text(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_string()) throw Wrong{std::string("\"") + key + "\" is no text"};
  return value.get<std::string>();
}
const Json& array(const Json& object, const char* key) {
  const Json& value = member(object, key);
  if (!value.is_array()) throw Wrong{std::string("\"") + key + "\" is no list"};
  return value;
}
std::uint64_t epoch_from(const Json& value) {
  std::uint64_t epoch = 0;
  const std::string digits = value.is_string() ? value.get<std::string>() : "";
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), epoch, 16);
  if (digits.size() != 16 || error != std::errc{} || end != digits.data() + digits.size())
    throw Wrong{"an epoch has sixteen hexadecimal digits, not " + value.dump()};
  return epoch;
}

Sums sums_from(const Json& row) {
  return {.records = number(row, "records"),
          .input_tokens = number(row, "input_tokens"),
          .output_tokens = number(row, "output_tokens"),
          .latency_us = number(row, "latency_us"),
          .cost_nanousd = number(row, "cost_nanousd"),
          .unpriced = number(row, "unpriced")};
}

// The file's rows are within the bounds of who wrote them; this reader's apply when books are added.
constexpr Bounds kAsWritten{.keys_per_day = ~std::uint64_t{0}, .days = ~std::uint64_t{0}};

Totals totals_from(const Json& days) {
  if (!days.is_object()) throw Wrong{"\"days\" is no object"};
  Totals totals;
  for (const auto& [name, rows] : days.items()) {
    const auto day = parse_day(name);
    if (!day) throw Wrong{"\"" + name + "\" is no day like 2026-11-25"};
    if (!rows.is_array()) throw Wrong{"the rows of " + name + " are no list"};
    for (const Json& row : rows)
      totals.add(*day, {text(row, "model"), text(row, "provider"), text(row, "operation")}, sums_from(row),
                 kAsWritten);
  }
  return totals;
}

// Sequences begin at 1. In the file the intervals rise, with gaps between them.
IntervalSet counted_from(const Json& list) {
  IntervalSet counted;
  std::uint64_t behind = 0;
  for (const Json& pair : list) {
    const bool numbers =
        pair.is_array() && pair.size() == 2 && pair[0].is_number_unsigned() && pair[1].is_number_unsigned();
    const auto first = numbers ? pair[0].get<std::uint64_t>() : 0;
    const auto last = numbers ? pair[1].get<std::uint64_t>() : 0;
    if (first <= behind || last < first) throw Wrong{"\"counted\" holds no rising intervals"};
    counted.insert(first, last);
    behind = last;
  }
  return counted;
}

Life life_from(const Json& json) {
  Life life{.epoch = epoch_from(member(json, "epoch")),
            .counted = counted_from(array(json, "counted")),
            .totals = totals_from(member(json, "days"))};
  const Json& closed = member(json, "closed");
  if (!closed.is_boolean()) throw Wrong{"\"closed\" is neither true nor false"};
  life.closed = closed.get<bool>();
  return life;
}

Book book_from(const Json& usage) {
  const Json& history = member(usage, "history");
  Book book{.generation = number(usage, "generation"),
            .history = totals_from(member(history, "days")),
            .folds = number(history, "lives"),
            .folded = {},
            .lives = {}};
  for (const Json& epoch : array(history, "epochs")) book.folded.push_back(epoch_from(epoch));
  if (book.folded.size() > book.folds) throw Wrong{"\"epochs\" names more lives than there were"};
  if (book.folds > 0 && book.folded.empty()) throw Wrong{"\"epochs\" does not name the last life"};
  for (const Json& life : array(usage, "lives")) book.lives.push_back(life_from(life));
  return book;
}

}  // namespace

std::string book_text(const Book& book, WallTime written) {
  Json epochs = Json::array();
  for (const std::uint64_t epoch : book.folded) epochs.push_back(hex(epoch, 16));
  Json lives = Json::array();
  for (const Life& life : book.lives) lives.push_back(json_of(life));
  Json usage = {
      {"version", kVersion},
      {"generation", book.generation},
      {"written", second_text(written)},
      {"history", {{"lives", book.folds}, {"epochs", std::move(epochs)}, {"days", json_of(book.history)}}},
      {"lives", std::move(lives)}};
  const std::string checksum = checksum_of(usage);
  return "{\"checksum\":\"" + checksum + "\",\"usage\":" + usage.dump() + "}\n";
}

Result<Book> parse_book(std::string_view file) {
  try {
    const Json json = Json::parse(file);
    const Json& usage = member(json, "usage");
    if (const auto version = number(usage, "version"); version > kVersion)
      return fail(Code::unsupported, "it has version " + std::to_string(version) +
                                         ", of a later program; this one knows version " +
                                         std::to_string(kVersion));
    if (text(json, "checksum") != checksum_of(usage)) throw Wrong{"its checksum does not fit what it says"};
    return book_from(usage);
  } catch (const Wrong& wrong) {
    return fail(Code::corrupted, wrong.what);
  } catch (const Json::parse_error& error) {
    return fail(Code::corrupted, "it is no JSON: wrong at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    return fail(Code::corrupted, "a text in it is no UTF-8");
  }
}

}  // namespace holdfast::usage
