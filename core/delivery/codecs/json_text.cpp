#include "core/delivery/codecs/json_text.h"

#include <algorithm>

namespace holdfast::delivery {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr char kHexDigits[] = "0123456789abcdef";

// A byte that stands for itself between quotes.
constexpr bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

constexpr bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

// The table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing above U+10FFFF.
std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = at(0);
  if (first < 0x80) return 1;
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || text.size() < length) return 0;
  const unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (at(1) < low || at(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (!is_continuation(at(i))) return 0;
  return length;
}

JsonText& JsonText::hex16(std::uint64_t value) {
  for (int i = 15; i >= 0; --i, value >>= 4) at_[i] = kHexDigits[value & 15];
  at_ += 16;
  return *this;
}

void JsonText::escape(unsigned char byte) {
  *at_++ = '\\';
  switch (byte) {
    case '"':
    case '\\': *at_++ = static_cast<char>(byte); return;
    case '\n': *at_++ = 'n'; return;
    case '\r': *at_++ = 'r'; return;
    case '\t': *at_++ = 't'; return;
    default: raw("u00"); break;
  }
  *at_++ = kHexDigits[byte >> 4];
  *at_++ = kHexDigits[byte & 15];
}

JsonText& JsonText::string(std::string_view text) {
  *at_++ = '"';
  while (!text.empty()) {
    const auto plain =
        std::ranges::find_if_not(text, [](char c) { return is_plain(static_cast<unsigned char>(c)); });
    const auto run = static_cast<std::size_t>(plain - text.begin());
    raw(text.substr(0, run));
    text.remove_prefix(run);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    std::size_t taken = 1;
    if (byte < 0x80) {
      escape(byte);
    } else if (const std::size_t length = utf8_length(text); length > 0) {
      raw(text.substr(0, length));
      taken = length;
    } else {
      raw(kReplacement);
    }
    text.remove_prefix(taken);
  }
  *at_++ = '"';
  return *this;
}

}  // namespace holdfast::delivery
