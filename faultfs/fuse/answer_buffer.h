// Memory of this thread for the bytes of one answer, before they are given to the kernel: from the beginning
// of a page on, since the kernel takes them page by page. Grows to the largest; the next call may move it.
//
//   const std::span<std::byte> bytes = answer_buffer(size);
#pragma once

#include <cstddef>
#include <span>

namespace holdfast::faultfs {

std::span<std::byte> answer_buffer(std::size_t size);

}  // namespace holdfast::faultfs
