#include "faultfs/model/json_positions_json.h"

#include <optional>
#include <vector>

#include "core/base/check.h"
#include "faultfs/model/plan_reader_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Walks the text beside the library's parser, token by token, to know where each begins. Called only
// for tokens that the parser has accepted, so it need not judge them.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) offset_ = kByteOrderMark.size();
  }

  // Steps over one token and gives its place.
  TextPlace token() {
    skip_between();
    const TextPlace place = place_;
    const char first = peek();
    advance();
    if (first == '"') {
      skip_string();
    } else if (!is_bracket(first)) {
      while (offset_ < text_.size() && is_word(peek())) advance();
    }
    return place;
  }

  TextPlace place_at(std::size_t offset) {
    while (offset_ < offset && offset_ < text_.size()) advance();
    return place_;
  }

 private:
  std::string_view text_;
  std::size_t offset_ = 0;
  TextPlace place_;

  char peek(std::size_t ahead = 0) const {
    return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
  }
  static bool is_bracket(char c) { return c == '{' || c == '}' || c == '[' || c == ']'; }
  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.';
  }
  static bool is_between(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == ':';
  }

  void advance() {
    const auto byte = static_cast<unsigned char>(text_[offset_++]);
    if (byte == '\n') {
      ++place_.line;
      place_.column = 1;
    } else if (offset_ >= text_.size() || (static_cast<unsigned char>(text_[offset_]) & 0xc0) != 0x80) {
      ++place_.column;  // the character ends here
    }
  }

  void skip_string() {
    while (offset_ < text_.size() && peek() != '"') {
      if (peek() == '\\') advance();
      if (offset_ < text_.size()) advance();
    }
    if (offset_ < text_.size()) advance();
  }

  void skip_between() {
    while (offset_ < text_.size()) {
      if (is_between(peek())) {
        advance();
      } else if (peek() == '/' && peek(1) == '/') {
        while (offset_ < text_.size() && peek() != '\n') advance();
      } else if (peek() == '/' && peek(1) == '*') {
        advance();
        advance();
        while (offset_ < text_.size() && !(peek() == '*' && peek(1) == '/')) advance();
        if (offset_ < text_.size()) advance();
        if (offset_ < text_.size()) advance();
      } else {
        return;
      }
    }
  }
};

// The events of nlohmann's parser, made into a document and its places.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(std::string_view text) : text_(text), cursor_(text) {}

  struct Failure {
    TextPlace place;
    std::string message;
  };
  std::optional<Failure> failure;
  PositionedJson result;

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const TextPlace place = cursor_.token();
    Level& level = levels_.back();
    level.next = below(level.pointer, name);
    level.key = name;
    if (level.value->contains(name)) {
      return stop(place, "found the key \"" + name + "\" a second time; the first is at line " +
                             std::to_string(result.keys.find(level.next)->second.line));
    }
    result.keys.emplace(level.next, place);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception& error) override {
    Cursor at(text_);
    // "[json.exception.parse_error.101] parse error at line 1, column 5: what is wrong"
    std::string_view what = error.what();
    if (const auto prefix = what.find("column "); prefix != what.npos) {
      if (const auto colon = what.find(": ", prefix); colon != what.npos) what.remove_prefix(colon + 2);
    }
    return stop(at.place_at(position == 0 ? 0 : position - 1), std::string(what));
  }

 private:
  struct Level {
    json* value;
    std::string pointer;
    std::string next;  // of an object: the pointer of the member whose key was read last
    std::string key;
  };

  std::string_view text_;
  Cursor cursor_;
  std::vector<Level> levels_;

  bool stop(TextPlace place, std::string message) {
    failure = Failure{place, std::move(message)};
    return false;
  }

  // Where the coming value belongs.
  std::string next_pointer() const {
    if (levels_.empty()) return "";
    const Level& level = levels_.back();
    return level.value->is_array() ? below(level.pointer, level.value->size()) : level.next;
  }

  json* attach(json value, const std::string& pointer) {
    result.values.emplace(pointer, cursor_.token());
    if (levels_.empty()) {
      result.document = std::move(value);
      return &result.document;
    }
    Level& level = levels_.back();
    if (level.value->is_array()) return &level.value->emplace_back(std::move(value));
    return &((*level.value)[level.key] = std::move(value));
  }

  template <class T>
  bool add(T&& value) {
    attach(json(std::forward<T>(value)), next_pointer());
    return true;
  }

  bool open(json empty) {
    const std::string pointer = next_pointer();
    json* value = attach(std::move(empty), pointer);
    if (levels_.size() == PositionedJson::kDeepest) {
      return stop(result.values.find(pointer)->second,
                  "found nesting deeper than " + std::to_string(PositionedJson::kDeepest) + " levels");
    }
    levels_.push_back({value, pointer, "", ""});
    return true;
  }

  bool close() {
    cursor_.token();
    levels_.pop_back();
    return true;
  }
};

}  // namespace

TextPlace PositionedJson::place_of(std::string_view pointer, bool key) const {
  while (true) {
    const auto& places = key ? keys : values;
    if (const auto found = places.find(pointer); found != places.end()) return found->second;
    if (pointer.empty()) return {};
    pointer = pointer.substr(0, pointer.rfind('/'));
    key = false;
  }
}

Result<PositionedJson> parse_positioned(std::string_view text, const std::string& file) {
  Builder builder(text);
  const bool accepted = json::sax_parse(text, &builder, json::input_format_t::json, true, true);
  if (builder.failure)
    return fail(Code::invalid, to_string(file, builder.failure->place) + ": " + builder.failure->message);
  HOLDFAST_CHECK(accepted, "a refused document has a reason");
  return std::move(builder.result);
}

std::string to_string(const std::string& file, TextPlace place) {
  return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column);
}

}  // namespace holdfast::faultfs
