// Reads a usage directory without changing it: what a person or an oracle wants to know of it.
//
//   auto inspection = inspect(files, directory);
//   if (inspection->book) inspection->book->sum().records ...
//
// The book is the primary's, or the backup's when that one is not sound: what a tracker would start from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/env/file_system.h"
#include "core/usage/book.h"

namespace holdfast::usage {

struct Inspection {
  std::optional<Book> book;
  std::string source;                  // its path
  std::vector<std::string> problems;   // files that are not sound, with the reason
  std::vector<std::string> set_aside;  // corrupt files that were kept, by name
};

Result<Inspection> inspect(FileSystem& files, const std::string& directory);

}  // namespace holdfast::usage
