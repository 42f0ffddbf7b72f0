#include "core/delivery/codecs/json_text.h"

#include <algorithm>

#include "core/base/utf8.h"

namespace holdfast::delivery {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr char kHexDigits[] = "0123456789abcdef";

// A byte that stands for itself between quotes.
constexpr bool is_plain(unsigned char byte) {
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

}  // namespace

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
