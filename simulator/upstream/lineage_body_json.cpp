#include "simulator/upstream/lineage_body_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace holdfast::upstream {

namespace {

using nlohmann::json;

constexpr std::size_t kEpochDigits = 16;
constexpr std::string_view kKeyForm = "16 hexadecimal digits, '-', a decimal number";

template <class Integer>
bool parse_whole(std::string_view text, Integer& value, int base) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// Collects the elements while the parser runs: a document tree of a large batch would cost twice.
// Depth 1 is the array, depth 2 an element; what lies deeper, or under another name, is passed over.
class ElementReader : public nlohmann::json_sax<json> {
 public:
  Result<std::vector<RequestElement>> take() && {
    if (!problem_.empty()) return fail(Code::invalid, std::move(problem_));
    return std::move(elements_);
  }

  bool null() override { return value("null"); }
  bool boolean(bool) override { return value("a boolean"); }
  bool number_integer(number_integer_t) override { return value("a negative number"); }
  bool number_unsigned(number_unsigned_t number) override {
    if (!at_field() || field_ != Field::reference) return value("a number");
    reference_ = number;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return value("a fraction"); }
  bool string(string_t& text) override {
    if (!at_field() || field_ != Field::key) return value("a string");
    const auto parsed = parse_key(text);
    if (!parsed) return reject(parsed.error().message);
    key_ = *parsed;
    return true;
  }
  bool binary(binary_t&) override { return value("binary data"); }

  bool start_object(std::size_t) override {
    if (depth_ == 0) return reject("the body must be an array of records, found an object");
    if (depth_ > 1 && !value("an object")) return false;
    if (++depth_ == 2) {
      key_.reset();
      reference_.reset();
      field_ = Field::other;
    }
    return true;
  }
  bool key(string_t& name) override {
    if (depth_ == 2)
      field_ = name == "key" ? Field::key : name == "reference" ? Field::reference : Field::other;
    return true;
  }
  bool end_object() override {
    if (--depth_ != 1) return true;
    if (!key_) return reject("it has no 'key'");
    if (!reference_) return reject("it has no 'reference'");
    elements_.push_back({*key_, *reference_});
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ > 0 && !value("an array")) return false;
    ++depth_;
    return true;
  }
  bool end_array() override {
    --depth_;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    problem_ = fmt::format("the body is not JSON: byte {} is wrong", position);
    return false;
  }

 private:
  enum class Field : std::uint8_t { other, key, reference };

  bool at_field() const { return depth_ == 2; }

  // A value whose kind is right nowhere but under a name that is passed over.
  bool value(std::string_view found) {
    if (depth_ == 0) return reject(fmt::format("the body must be an array of records, found {}", found));
    if (depth_ == 1) return reject(fmt::format("it must be an object, found {}", found));
    if (depth_ > 2 || field_ == Field::other) return true;
    if (field_ == Field::key) return reject(fmt::format("its 'key' must be {}, found {}", kKeyForm, found));
    return reject(fmt::format("its 'reference' must be a whole number, found {}", found));
  }

  bool reject(std::string_view what) {
    problem_ = depth_ == 0 ? std::string(what) : fmt::format("element {}: {}", elements_.size(), what);
    return false;
  }

  std::vector<RequestElement> elements_;
  std::optional<RecordKey> key_;
  std::optional<std::uint64_t> reference_;
  Field field_ = Field::other;
  int depth_ = 0;
  std::string problem_;
};

}  // namespace

Result<RecordKey> parse_key(std::string_view text) {
  RecordKey key;
  const bool right = text.size() > kEpochDigits + 1 && text[kEpochDigits] == '-' &&
                     std::ranges::all_of(text.substr(0, kEpochDigits), is_hex_digit) &&
                     parse_whole(text.substr(0, kEpochDigits), key.epoch, 16) &&
                     parse_whole(text.substr(kEpochDigits + 1), key.sequence, 10);
  if (!right) return fail(Code::invalid, fmt::format("its 'key' must be {}", kKeyForm));
  return key;
}

Result<std::vector<RequestElement>> parse_lineage_body(std::string_view body) {
  ElementReader reader;
  (void)json::sax_parse(body.begin(), body.end(), &reader);  // the reader remembers what was wrong
  return std::move(reader).take();
}

std::string lineage_answer(const Plan& plan, std::span<const ElementStatus> statuses) {
  constexpr std::string_view kWords[] = {"\"accepted\"", "\"duplicate\"", "\"retry\""};  // by value
  std::string body = "{\"results\":[";
  body.reserve(body.size() + 2 + statuses.size() * sizeof "\"duplicate\",");
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (i > 0) body += ',';
    body += kWords[static_cast<std::size_t>(statuses[i])];
  }
  body += "]}";
  if (plan.answer == Plan::Answer::truncated) body.resize(body.size() / 2);
  return body;
}

std::string error_answer(std::string_view message) {
  return json{{"error", message}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace holdfast::upstream
