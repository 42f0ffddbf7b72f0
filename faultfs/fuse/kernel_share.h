// What the kernel may do by itself, without asking the daemon. What it does no rule can see, so by default it
// does nothing by itself.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast::faultfs {

// nothing: every read and write arrives as it was made (mapped memory apart, which is pages by nature).
// pages: reads of what is cached do not arrive, and those that do are whole pages; for kernels before 6.6,
// which share no writable mapping otherwise.
enum class Caching : std::uint8_t { nothing, pages };

// Whether it reads and writes files where no rule looks. automatic: where the kernel offers it. on: the
// same, and where it cannot be, standard error says why.
enum class PassthroughMode : std::uint8_t { off, automatic, on };

// How long it may keep names and attributes that no armed rule may meet. Arming a rule that may meet some
// waits until all that was kept is void. A listing it keeps for as long as its directory's attributes say.
inline constexpr auto kNameLease = std::chrono::milliseconds(50);

struct KernelShare {
  Caching caching = Caching::nothing;
  bool keeps_names = false;  // for kNameLease
  PassthroughMode passthrough = PassthroughMode::off;
};

}  // namespace holdfast::faultfs
