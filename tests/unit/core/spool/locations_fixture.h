// A spool with three locations, for the tests of what becomes of them.
//
//   auto spool = world.open(kThree);
//   world.arm(broken(kDirectory));                   // writes to the primary fail
//   EXPECT_EQ(drain(*spool), numbers(1, 10));        // all records, each settled as it is read
#pragma once

#include <string>
#include <vector>

#include "tests/unit/core/spool/spool_fixture.h"

namespace holdfast::spool {

inline const std::string kBackup = "/mnt/backup";
inline const std::string kEmergency = "/mnt/emergency";

inline const SpoolSettings kThree = {.directories = {kDirectory, kBackup, kEmergency}};

inline std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

inline std::vector<faultfs::Rule> broken(const std::string& directory) {
  return {failing(Operation::write, EIO, in_mount(directory) + "/**")};
}

// Sequences that the whole spool holds, apart or in order; each settled as it is read.
inline std::vector<std::uint64_t> drain(Spool& spool, const std::vector<std::uint32_t>& apart = {}) {
  std::vector<std::uint64_t> sequences;
  std::uint64_t damaged = 0;
  const auto take = [&](const SpooledFrame& frame) {
    sequences.push_back(frame.sequence);
    EXPECT_TRUE(spool.settle(frame.segment, frame.ordinal));
  };
  for (Cursor cursor; !spool.at_end(cursor);) EXPECT_TRUE(spool.read(cursor, 1'000'000, take, damaged));
  for (const std::uint32_t segment : apart) {
    Cursor cursor{.segment = segment};
    EXPECT_TRUE(spool.read_one(cursor, 1'000'000, take, damaged));
    EXPECT_TRUE(spool.read_through(cursor));
  }
  return sequences;
}

}  // namespace holdfast::spool
