#include "faultfs/fuse/open_handles.h"

#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

struct Counted {
  int& alive;
  explicit Counted(int& count) : alive(count) { ++alive; }
  ~Counted() { --alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
};

TEST(OpenHandles, ClosesWhatIsRemovedAtOnceAndTheRestAtItsEnd) {
  int files = 0, directories = 0;
  {
    OpenHandles handles;
    auto* const first = handles.add(std::make_unique<Counted>(files));
    (void)handles.add(std::make_unique<Counted>(files));
    (void)handles.add(std::make_unique<Counted>(directories));
    handles.remove(first);
    EXPECT_EQ(files, 1);
    EXPECT_EQ(directories, 1);
  }
  EXPECT_EQ(files, 0);
  EXPECT_EQ(directories, 0);
}

}  // namespace
}  // namespace holdfast::faultfs
