#include "faultfs/model/coverage.h"

namespace holdfast::faultfs {

Coverage::Class* Coverage::class_of(std::string_view path) {
  std::string name = classes_.of(path);
  if (const auto known = by_name_.find(name); known != by_name_.end()) return &known->second;
  if (by_name_.size() >= kMostClasses) return nullptr;
  return &by_name_[std::move(name)];
}

std::uint64_t Coverage::saw(Operation operation, std::string_view path) {
  const auto number = static_cast<std::size_t>(operation);
  auto known = paths_.find(path);
  if (known == paths_.end() && paths_.size() < kMostPaths)
    known = paths_.try_emplace(std::string(path), class_of(path)).first;
  Class* const file_class = known == paths_.end() ? class_of(path) : known->second.file_class;
  if (file_class == nullptr)
    ++unclassed_;
  else
    ++file_class->requests[number];
  return known == paths_.end() ? 0 : ++known->second.counts[number];
}

void Coverage::injected(Operation operation, std::string_view path, int error) {
  if (Class* const file_class = class_of(path)) ++file_class->injected[{operation, error}];
}

CoverageReport Coverage::report() const {
  CoverageReport report{.unclassed = unclassed_};
  for (const auto& [name, counted] : by_name_) {
    for (std::size_t number = 0; number < kOperationCount; ++number) {
      if (counted.requests[number] == 0) continue;
      CoveragePoint point{name, static_cast<Operation>(number), counted.requests[number]};
      for (const auto& [where, times] : counted.injected)
        if (where.first == point.operation) point.injected[where.second] = times;
      report.points.push_back(std::move(point));
    }
  }
  return report;
}

}  // namespace holdfast::faultfs
