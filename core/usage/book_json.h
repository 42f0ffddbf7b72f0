// The usage file's text: one JSON object whose member "usage" is the book and whose member "checksum" is
// the CRC32C of that member as it is written here. docs/usage-file-format.md has a worked example.
//
//   std::string text = book_text(book, wall);
//   auto book = parse_book(text);                 // Code::corrupted: what is wrong with it
//
// Reading is strict: a file that is no JSON, lacks a member, has one of another kind, or fails its
// checksum is corrupted, and the message says where. A version that this program does not know is
// Code::unsupported, and no reason to touch the file. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/usage/book.h"

namespace holdfast::usage {

inline constexpr std::uint64_t kVersion = 1;

std::string book_text(const Book& book, WallTime written);
Result<Book> parse_book(std::string_view text);

}  // namespace holdfast::usage
