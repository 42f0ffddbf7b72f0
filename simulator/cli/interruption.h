// Ctrl-C and SIGTERM as a flag: whoever works looks at it, heals its faults, unmounts, and returns
// what it has so far.
#pragma once

#include <atomic>

namespace holdfast::cli {

// Installs the handlers on first use. A second signal ends the program at once.
const std::atomic<bool>& interrupted();

}  // namespace holdfast::cli
