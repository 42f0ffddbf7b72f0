// What `check --json` prints: one object for each file, with what is wrong in it.
//
//   [{"file": "x.json", "ok": false, "problems": ["x.json:4:3: unknown key ..."]}]
#pragma once

#include <string>
#include <vector>

namespace holdfast::cli {

struct CheckedFile {
  std::string file;
  std::string problems;  // one a line; "" when it is good
};

std::string checked_json(const std::vector<CheckedFile>& files);

}  // namespace holdfast::cli
