// Writes JSON tokens into memory that the caller has sized: no allocation, no locale. Strings are
// escaped, and bytes that are not UTF-8 become U+FFFD.
//
//   JsonText text(at);                       // at least the bytes that the bounds below allow for
//   text.raw("{\"model\":").string(model).raw(",\"tokens\":").number(812).raw("}");
//   std::size_t size = text.position() - at;
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace holdfast::delivery {

class JsonText {
 public:
  // The longest output of number(), and of string() for a text of so many bytes: a control
  // character takes six, and there are two quotes.
  static constexpr std::size_t kMaxNumber = 20;
  static constexpr std::size_t max_string(std::size_t size) { return 6 * size + 2; }

  explicit JsonText(char* at) : at_(at) {}

  JsonText& raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  template <class Integer>
  JsonText& number(Integer value) {
    at_ = std::to_chars(at_, at_ + kMaxNumber, value).ptr;
    return *this;
  }
  // Sixteen digits, with leading zeros.
  JsonText& hex16(std::uint64_t value);
  JsonText& string(std::string_view text);

  char* position() const { return at_; }

 private:
  void escape(unsigned char byte);

  char* at_;
};

}  // namespace holdfast::delivery
