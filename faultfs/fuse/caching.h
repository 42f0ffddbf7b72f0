// What the kernel may keep of data between two requests. Names and attributes it never keeps.
#pragma once

#include <cstdint>

namespace holdfast::faultfs {

// nothing: every read and write arrives as it was made (mapped memory apart, which is pages by nature).
// pages: reads of what is cached do not arrive, and those that do are whole pages; for kernels before 6.6,
// which share no writable mapping otherwise.
enum class Caching : std::uint8_t { nothing, pages };

}  // namespace holdfast::faultfs
