// Measured values of one contender, and what a table says about them.
//
//   Samples commits;
//   commits.add(81.2);
//   report(state, "raw_", commits, "us");     // raw_p50_us, raw_p99_us
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace holdfast::bench {

class Samples {
 public:
  void reserve(std::size_t count) { values_.reserve(count); }
  void add(double value) {
    values_.push_back(value);
    sorted_ = false;
  }
  void add(const Samples& others) {
    values_.insert(values_.end(), others.values_.begin(), others.values_.end());
    sorted_ = false;
  }
  std::size_t count() const { return values_.size(); }
  double sum() const { return std::accumulate(values_.begin(), values_.end(), 0.0); }
  double quantile(double share) {
    if (values_.empty()) return 0;
    if (!sorted_) std::sort(values_.begin(), values_.end());
    sorted_ = true;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
    return values_[std::min(at, values_.size() - 1)];
  }
  double median() { return quantile(0.5); }

 private:
  std::vector<double> values_;
  bool sorted_ = true;
};

inline void report(benchmark::State& state, const std::string& name, double value) {
  state.counters[name] = benchmark::Counter(value);
}

}  // namespace holdfast::bench
