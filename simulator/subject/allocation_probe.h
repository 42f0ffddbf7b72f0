// Counts what a thread allocates, so that a run can say whether record() did. Linking this file
// replaces the global operator new of the program.
//
//   const auto before = allocations_of_this_thread();
//   producer.record(usage);
//   isolation.allocations += allocations_of_this_thread() - before;
#pragma once

#include <cstdint>

namespace holdfast::subject {

std::uint64_t allocations_of_this_thread() noexcept;

}  // namespace holdfast::subject
