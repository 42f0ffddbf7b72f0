// A table of text for people: columns as wide as their widest cell, numbers to the right.
//
//   Table table({"operation", "requests"});
//   table.add({"fsync", "40"});
//   std::cout << table.text();
#pragma once

#include <string>
#include <vector>

namespace holdfast::faultfs::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> heads) : rows_{std::move(heads)} {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace holdfast::faultfs::cli
