#include "simulator/oracle/attempts.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"

namespace holdfast::oracle {

Attempts::Attempts(Duration window, std::uint64_t references, std::uint64_t first)
    : bin_(window / kBinsPerWindow), references_(references), first_(first) {
  HOLDFAST_CHECK(bin_ > Duration{0}, "a window is as many nanoseconds as it has bins");
}

std::size_t Attempts::index_of(Duration at) const {
  return std::min(static_cast<std::size_t>(std::max(at, Duration{0}) / bin_), kMostBins - 1);
}

void Attempts::note(Duration at, std::span<const RequestElement> elements) {
  const std::size_t index = index_of(at);
  if (index >= bins_.size()) bins_.resize(index + 1);
  ++bins_[index].requests;
  ++total_.requests;
  for (const auto& element : elements)
    if (element.reference - first_ < references_)  // what comes before the first wraps round
      note_record(bins_[index], index, element.reference - first_);
}

void Attempts::note_record(Bin& bin, std::size_t index, std::uint64_t reference) {
  if (reference >= last_.size())
    last_.resize(std::min(references_, std::max(reference + 1, 2 * last_.size())));
  const std::uint32_t before = std::exchange(last_[reference], static_cast<std::uint32_t>(index + 1));
  ++bin.records;
  ++total_.records;
  if (before == 0) {
    ++total_.distinct;
  } else if (const std::size_t age = index + 1 - before; age < kBinsPerWindow) {
    ++bin.again[age];
  }
}

// A record that was sent again within the span is not a distinct one of its later bin: it was there
// `age` bins before, and that bin belongs to the span too.
Attempts::Sum Attempts::sum(Span span) const {
  HOLDFAST_CHECK(span.count <= kBinsPerWindow, "what was sent longer ago than a window is forgotten");
  Sum sum;
  const std::size_t end = std::min(span.first + span.count, bins_.size());
  for (std::size_t i = span.first; i < end; ++i) {
    sum.requests += bins_[i].requests;
    sum.records += bins_[i].records;
    sum.distinct += bins_[i].records;
    for (std::size_t age = 0; age <= i - span.first; ++age) sum.distinct -= bins_[i].again[age];
  }
  return sum;
}

Attempts::Span Attempts::span_of(Duration from, Duration to) const {
  if (from >= to) return {};
  const std::size_t first = index_of(from);
  return {first, index_of(to - Duration{1}) + 1 - first};
}

std::vector<Attempts::Span> Attempts::windows_in(Span span) const {
  if (span.count <= kBinsPerWindow) return {span};
  std::vector<Span> windows;
  for (std::size_t first = span.first; first + kBinsPerWindow <= span.first + span.count; ++first)
    windows.push_back({first, kBinsPerWindow});
  return windows;
}

}  // namespace holdfast::oracle
