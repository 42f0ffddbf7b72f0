// UTF-8 as the Unicode standard defines it (table 3-7: no overlong forms, no surrogates, nothing above
// U+10FFFF), for texts that strangers wrote.
//
//   std::string name = valid_utf8(record.model);     // every other byte became U+FFFD
//
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

// Bytes of the well-formed sequence that `text` begins with; 0 if there is none.
std::size_t utf8_length(std::string_view text);

std::string valid_utf8(std::string_view text);

}  // namespace holdfast
