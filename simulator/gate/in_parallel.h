// Does something for each of many independent items, on all processors at once.
//
//   in_parallel(rows, [&](Row& row) { play(row); });
//
// The items are begun in their order, and all are done when it returns. The calling thread works too.
// `act` must not throw.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace holdfast::gate {

template <class Item, class Act>
void in_parallel(std::vector<Item>& items, Act&& act) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < items.size(); i = next++) act(items[i]);
  };
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(processors, items.size()); ++i) helpers.emplace_back(work);
  work();
}

}  // namespace holdfast::gate
