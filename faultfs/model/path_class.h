// Classes of files: those whose paths differ only in numbers are alike to a program.
//
//   PathClasses classes({"wal/**"});
//   classes.of("spool/17.seg")        // "spool/#.seg": each run of digits is one #
//   classes.of("wal/a/b")             // "wal/**": the first glob that matches is the class
//   classes.aim(rule.when, "spool/#.seg");      // the rule is for the files of that class
//
// A # or a backslash that is in the path itself has a backslash before it in the class. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "faultfs/model/trigger.h"

namespace holdfast::faultfs {

class PathClasses {
 public:
  PathClasses() = default;
  explicit PathClasses(std::vector<std::string> globs) : globs_(std::move(globs)) {}

  std::string of(std::string_view path) const;
  // Fails for a class whose name is too long for a pattern of paths.
  Status aim(Trigger& when, const std::string& name) const;

 private:
  std::vector<std::string> globs_;
};

// The trigger means this path and no other, whatever signs are in it.
Status aim_at_path(Trigger& when, const std::string& path);

}  // namespace holdfast::faultfs
