#include "faultfs/fuse/watchdog.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/temporary_directory.h"

namespace holdfast::faultfs {
namespace {

// The socket of a daemon that died is what the watchdog takes away, beside its mount.
TEST(Watchdog, TidiesUpAfterADaemonThatDidNotDismissIt) {
  const TemporaryDirectory place;
  const std::string socket = place / "socket";
  for (const bool dismissed : {true, false}) {
    std::ofstream(socket) << "x";
    {
      auto watchdog = Watchdog::start(place.path(), socket);
      ASSERT_TRUE(watchdog) << watchdog.error().message;
      if (dismissed) (*watchdog)->dismiss();
    }
    EXPECT_EQ(std::filesystem::exists(socket), dismissed);
  }
}

}  // namespace
}  // namespace holdfast::faultfs
