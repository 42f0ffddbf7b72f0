// Which points a program has exercised: a class of files, an operation, and the errors that were injected
// there. And the ordinals of operations: the so many-th of its kind on its path since the mount.
//
//   Coverage coverage(PathClasses{});
//   call.ordinal = coverage.saw(call.operation, call.path);      // 1, 2, 3, ...
//   coverage.injected(call.operation, call.path, EIO);
//   for (const CoveragePoint& point : coverage.report().points) ...
//
// Bounded: past kMostPaths paths an operation has no ordinal (0), past kMostClasses classes its requests
// count as unclassed. A request on a known path costs one look into a table. Not thread-safe: the owner
// serialises.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "faultfs/model/operation.h"
#include "faultfs/model/path_class.h"
#include "faultfs/model/turns.h"

namespace holdfast::faultfs {

struct CoveragePoint {
  std::string file_class;
  Operation operation = Operation::lookup;
  std::uint64_t requests = 0;
  std::map<int, std::uint64_t> injected{};  // by errno
};

struct CoverageReport {
  std::vector<CoveragePoint> points;  // by class, then operation
  std::uint64_t unclassed = 0;        // requests of classes beyond kMostClasses
};

class Coverage {
 public:
  static constexpr std::size_t kMostPaths = 50'000;
  static constexpr std::size_t kMostClasses = 2'000;

  explicit Coverage(PathClasses classes) : classes_(std::move(classes)) {}

  std::uint64_t saw(Operation operation, std::string_view path);
  void injected(Operation operation, std::string_view path, int error);
  CoverageReport report() const;

 private:
  using Counts = std::array<std::uint32_t, kOperationCount>;
  struct Class {
    std::array<std::uint64_t, kOperationCount> requests{};
    std::map<std::pair<Operation, int>, std::uint64_t> injected{};
  };
  struct Path {
    Class* file_class;  // none: unclassed
    Counts counts{};
  };

  PathClasses classes_;
  std::map<std::string, Class> by_name_;  // whose nodes stay where they are
  ByPath<Path> paths_;
  std::uint64_t unclassed_ = 0;

  Class* class_of(std::string_view path);
};

}  // namespace holdfast::faultfs
