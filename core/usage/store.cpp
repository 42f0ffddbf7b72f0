#include "core/usage/store.h"

#include <algorithm>

#include "core/usage/book_json.h"

namespace holdfast::usage {

Store::Store(FileSystem& files, Log& log, const std::vector<std::string>& directories, Bounds bounds)
    : log_(log), bounds_(bounds) {
  for (const auto& directory : directories)
    if (!directory.empty()) locations_.emplace_back(files, log, directory);
}

bool Store::learn(Book& book) {
  for (Location& location : locations_)
    if (!location.ready()) learn_from(location, book);
  return std::ranges::all_of(locations_, &Location::known);
}

void Store::learn_from(Location& location, Book& book) {
  auto found = location.read();
  if (!found) {
    log_.write(Log::Level::warning, "usage.read", found.error().message + "; read again at the next flush");
    return;
  }
  counts_.recoveries += found->set_aside;
  if (!found->book || merge(book, *found->book, bounds_)) return;
  if (location.set_aside_file()) ++counts_.recoveries;
}

Result<bool> Store::write(Book& book, WallTime wall) {
  ++book.generation;
  const std::string text = book_text(book, wall);
  Result<bool> last = fail(Code::unavailable, "no usage directory can be read");
  for (std::size_t number = 0; number < locations_.size(); ++number) {
    Location& location = locations_[number];
    if (!location.ready()) continue;
    last = location.replace(as_bytes(text));
    if (last) {
      note_location(number);
      ++counts_.flushes;
      return last;
    }
    log_.write(Log::Level::warning, "usage.write",
               last.error().message + "; " + location.directory() + " is passed over");
  }
  note_location(locations_.size());
  ++counts_.failures;
  return last;
}

void Store::note_location(std::size_t number) {
  if (number > current_) {
    ++counts_.fallbacks;
  } else if (number < current_) {
    log_.write(Log::Level::info, "usage.location",
               "usage is written to " + locations_[number].directory() + " again");
  }
  current_ = number;
}

void Store::close() {
  for (Location& location : locations_)
    if (auto closed = location.close(); !closed)
      log_.write(Log::Level::info, "usage.close", closed.error().message);
}

}  // namespace holdfast::usage
