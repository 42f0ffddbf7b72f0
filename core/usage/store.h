// Where the usage file lies: in the first of a few locations that takes it.
//
//   Store store(files, log, {primary, backup, emergency}, bounds);     // empty names are left out
//   store.learn(book);                     // at every flush: reads and merges what was not read yet
//   if (auto written = store.write(book, wall)) ... else memory is the only place that has it
//   store.close();
//
//          primary -> backup -> emergency -> memory        each write begins at the primary again,
//             ^_______________________________|            so the way back needs no step of its own
//
// A location that was left holds an older copy, which merging recognises: for each life the longer count
// is taken. Two trackers cannot share a directory; the second passes it over. Used by one task.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.h"
#include "core/usage/location.h"

namespace holdfast::usage {

struct StoreCounts {
  std::uint64_t flushes = 0;     // writes that some location took
  std::uint64_t failures = 0;    // writes that none took
  std::uint64_t fallbacks = 0;   // times the location changed for the worse
  std::uint64_t recoveries = 0;  // corrupt files set aside
};

class Store {
 public:
  Store(FileSystem& files, Log& log, const std::vector<std::string>& directories, Bounds bounds);

  // True when the book holds all that any location says. Until then lives other than our own may be
  // counted further somewhere, and are left as they are.
  bool learn(Book& book);

  // Gives the book its next generation and writes it. True when the file's backup is as new; until then
  // a start that has to take the backup knows less. The error is the last location's.
  Result<bool> write(Book& book, WallTime wall);

  const StoreCounts& counts() const { return counts_; }
  void close();

 private:
  void learn_from(Location& location, Book& book);
  void note_location(std::size_t number);

  Log& log_;
  Bounds bounds_;
  std::vector<Location> locations_;
  std::size_t current_ = 0;  // locations_.size(): memory
  StoreCounts counts_;
};

}  // namespace holdfast::usage
