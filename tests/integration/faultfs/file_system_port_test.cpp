// What core's own file system port makes of a disk that misbehaves.
#include "core/base/bytes.h"
#include "core/host/posix_file_system.h"
#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using FileSystemPort = MountTest;

TEST_F(FileSystemPort, AFewInterruptionsAreNotSeen) {
  mount();
  arm(R"({"name": "signals", "when": {"op": "write", "limit": 20}, "effect": {"error": "EINTR"}})");
  host::PosixFileSystem files;
  auto file = files.open(mountpoint("file"), OpenMode::creating());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE((*file)->write_at(0, holdfast::as_bytes("records")));
  EXPECT_EQ(content_of(backing("file")), "records");
}

TEST_F(FileSystemPort, ADiskThatIsForeverInterruptedFailsInsteadOfSpinning) {
  mount();
  arm(R"({"name": "signals", "when": {"op": "write"}, "effect": {"error": "EINTR"}})");
  host::PosixFileSystem files;
  auto file = files.open(mountpoint("file"), OpenMode::creating());
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_FALSE((*file)->write_at(0, holdfast::as_bytes("records")));
}

}  // namespace
}  // namespace holdfast::faultfs
