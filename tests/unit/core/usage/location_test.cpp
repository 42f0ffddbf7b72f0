// The usage file in one directory: how it is replaced, and what is made of it when it is not sound.
#include "core/usage/location.h"

#include "tests/simulation/mortal_file_system.h"
#include "tests/unit/core/usage/usage_fixture.h"

namespace holdfast::usage {
namespace {

TEST(Location, BeginsEmptyAndReadsBackWhatReplacedIt) {
  UsageWorld world;
  world.run([&] {
    Location location = world.location();
    const auto found = location.read();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(found->book);
    EXPECT_TRUE(replace(location, 5));
    EXPECT_TRUE(location.close());
    EXPECT_EQ(location.read()->book->generation, 5U);
    EXPECT_EQ(world.text_of(kFile), world.text_of(kFile + ".backup"));
    EXPECT_FALSE(world.exists(kFile + ".new"));
    EXPECT_TRUE(location.close());
  });
}

TEST(Location, WhatReplaceCalledDoneSurvivesAPowerCut) {
  UsageWorld world;
  world.run([&] {
    Location location = world.location();
    ASSERT_TRUE(location.read());
    for (std::uint64_t generation = 1; generation <= 3; ++generation) {
      EXPECT_TRUE(replace(location, generation));
      for (const auto& path : {kFile, kFile + ".backup"}) {
        const auto bytes = world.world.disk().durable_bytes(path);
        ASSERT_TRUE(bytes) << path;
        EXPECT_EQ(as_text(*bytes), text_of_generation(generation));
      }
    }
    EXPECT_TRUE(location.close());
  });
}

// The file or its backup is whole at every step, with what was last called durable or what was on its
// way: after kill -9 (what is visible stays) and after a power cut (only what is durable stays).
TEST(Location, AKillBetweenAnyTwoStepsLeavesTheOldFileOrTheNew) {
  for (std::uint64_t step = 0;; ++step) {
    bool finished = false;
    UsageWorld world;
    world.run([&] {
      world.leave_file(1);
      MortalFileSystem mortal(world.env.files);
      Location killed(mortal, world.env.log, kPrimary);
      ASSERT_TRUE(killed.read());
      mortal.die_after(step);
      const bool done = replace(killed, 2).has_value();
      finished = !mortal.dead();
      (void)killed.close();

      std::uint64_t newest_durable = 0;
      for (const auto& path : {kFile, kFile + ".backup"})
        if (const auto bytes = world.world.disk().durable_bytes(path))
          if (const auto book = parse_book(as_text(*bytes)))
            newest_durable = std::max(newest_durable, book->generation);
      EXPECT_GE(newest_durable, done ? 2U : 1U) << "power cut at step " << step;

      Location after = world.location();
      const auto found = after.read();
      ASSERT_TRUE(found && found->book) << "step " << step;
      EXPECT_GE(found->book->generation, done ? 2U : 1U) << "step " << step;
      EXPECT_EQ(found->set_aside, 0U) << "step " << step;
      EXPECT_TRUE(replace(after, 3)) << "and it is replaced again, whatever was left behind";
      EXPECT_EQ(world.text_of(kFile), text_of_generation(3));
      EXPECT_TRUE(after.close());
    });
    if (finished) break;
    ASSERT_LT(step, 100U);
  }
}

TEST(Location, AnErrorAtAnyStepLeavesTheOldFileAndIsToldToTheCaller) {
  for (const auto operation :
       {Operation::create, Operation::write, Operation::fsync, Operation::rename, Operation::fsyncdir})
    for (const int error : {EIO, ENOSPC, EACCES, EROFS, EDQUOT}) {
      UsageWorld world;
      world.run([&] {
        Location location = world.location();
        ASSERT_TRUE(location.read());
        EXPECT_TRUE(replace(location, 1));
        world.arm({failing(operation, error, "usage/**")});
        const auto failed = replace(location, 2);
        ASSERT_FALSE(failed);
        EXPECT_EQ(failed.error().code, code_of_errno(error));
        world.heal();
        EXPECT_EQ(world.text_of(kFile + ".backup"), text_of_generation(1))
            << "the backup is not touched before the new file is durable";
        EXPECT_TRUE(replace(location, 3));
        EXPECT_EQ(world.text_of(kFile), text_of_generation(3));
        EXPECT_TRUE(location.close());
      });
    }
}

// DF-28: a disk that takes a part and calls it the whole, or other bytes, does not reach the good file.
TEST(Location, AFileThatDoesNotReadAsItWasWrittenIsNotPutInPlace) {
  class LyingFiles final : public FileSystem {
   public:
    explicit LyingFiles(FileSystem& inner) : inner_(inner) {}
    Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
      if (path.ends_with(".new") && !mode.write) {  // what it holds is shorter than what was written
        auto file = inner_.open(path, OpenMode::updating());
        if (file) (void)(*file)->truncate(100);
        if (file) (void)(*file)->close();
      }
      return inner_.open(path, mode);
    }
    Status rename(const std::string& from, const std::string& to) override { return inner_.rename(from, to); }
    Status remove(const std::string& path) override { return inner_.remove(path); }
    Status make_directory(const std::string& path) override { return inner_.make_directory(path); }
    Status remove_directory(const std::string& path) override { return inner_.remove_directory(path); }
    Result<std::vector<std::string>> list(const std::string& path) override { return inner_.list(path); }
    Result<FileStat> stat(const std::string& path) override { return inner_.stat(path); }
    Status sync_directory(const std::string& path) override { return inner_.sync_directory(path); }
    Result<Space> space(const std::string& path) override { return inner_.space(path); }

   private:
    FileSystem& inner_;
  };
  UsageWorld world;
  world.run([&] {
    world.leave_file(1);
    LyingFiles lying(world.env.files);
    Location location(lying, world.env.log, kPrimary);
    ASSERT_TRUE(location.read());
    EXPECT_FALSE(replace(location, 2));
    EXPECT_EQ(world.text_of(kFile), text_of_generation(1));
    EXPECT_TRUE(location.close());
  });
}

// S-12, DF-20, DF-23, DF-29: a corrupt file, of whatever kind, keeps nothing from starting, and is kept.
TEST(Location, ACorruptFileIsKeptAsideAndTheBackupTakesItsPlace) {
  for (const std::string corrupt :
       {"", "{", "rubble", "{\"sessions\":[]}", "{\"checksum\":\"00000000\",\"usage\":{}}"}) {
    UsageWorld world;
    world.run([&] {
      world.leave_file(7);
      Location location = world.location();
      world.write(kFile, corrupt);
      const auto found = location.read();
      ASSERT_TRUE(found && found->book) << corrupt;
      EXPECT_EQ(found->book->generation, 7U);
      EXPECT_EQ(found->set_aside, 1U);
      EXPECT_TRUE(world.exists(kFile + ".corrupt-1"));
      EXPECT_EQ(world.text_of(kFile + ".corrupt-1"), corrupt);
      EXPECT_TRUE(location.close());
    });
  }
}

TEST(Location, WhenBothAreCorruptBothAreKeptAndTheBookBeginsAnew) {
  UsageWorld world;
  world.run([&] {
    world.leave_file(7);
    Location location = world.location();
    world.write(kFile, "rubble");
    world.write(kFile + ".backup", "{}");
    const auto found = location.read();
    ASSERT_TRUE(found);
    EXPECT_FALSE(found->book);
    EXPECT_EQ(found->set_aside, 2U);
    EXPECT_EQ(world.text_of(kFile + ".corrupt-1"), "rubble");
    EXPECT_EQ(world.text_of(kFile + ".backup.corrupt-1"), "{}");
    EXPECT_TRUE(replace(location, 1));
    EXPECT_TRUE(location.close());
  });
}

TEST(Location, CorruptFilesAreKeptUpToANumber) {
  UsageWorld world;
  world.run([&] {
    Location location = world.location();
    for (int i = 0; i < 12; ++i) {
      ASSERT_TRUE(make_directories(world.env.files, kPrimary));
      world.write(kFile, "rubble " + std::to_string(i));
      ASSERT_TRUE(location.read());
      EXPECT_TRUE(location.close());
    }
    std::size_t kept = 0;
    const auto names = world.env.files.list(kPrimary).value();
    for (const auto& name : names) kept += name.find(".corrupt-") != std::string::npos;
    EXPECT_EQ(kept, 8U);
    EXPECT_EQ(world.text_of(kFile + ".corrupt-1"), "rubble 0");
    EXPECT_EQ(world.text_of(kFile + ".corrupt-8"), "rubble 11");
  });
}

TEST(Location, ADirectoryInTheFilesPlaceIsSetAsideAtStartAndWhileRunning) {
  UsageWorld world;
  world.run([&] {
    ASSERT_TRUE(make_directories(world.env.files, kFile));
    ASSERT_TRUE(make_directories(world.env.files, kFile + ".new/sub"));
    Location location = world.location();
    const auto found = location.read();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->set_aside, 1U);
    EXPECT_TRUE(replace(location, 1));
    EXPECT_TRUE(world.env.files.remove(kFile));
    ASSERT_TRUE(make_directories(world.env.files, kFile + "/sub"));
    EXPECT_TRUE(replace(location, 2));
    EXPECT_EQ(world.text_of(kFile), text_of_generation(2));
    EXPECT_TRUE(world.exists(kFile + ".corrupt-2/sub"));
    EXPECT_TRUE(location.close());
  });
}

// S-18: no permission to read, or a disk that answers EIO, is no reason to think there is no file.
TEST(Location, AFileThatCannotBeReadIsNeitherReplacedNorSetAside) {
  for (const int error : {EACCES, EIO, EMFILE}) {
    UsageWorld world;
    world.run([&] {
      world.leave_file(7);
      Location location = world.location();
      world.arm({failing(Operation::open, error, "usage/usage.json*")});
      EXPECT_FALSE(location.read());
      EXPECT_FALSE(location.ready());
      world.heal();
      EXPECT_EQ(location.read()->book->generation, 7U);
      EXPECT_TRUE(location.ready());
      EXPECT_TRUE(location.close());
    });
  }
}

TEST(Location, OneThatCannotBeReadIsNotWaitedForWhenItsBackupIsSound) {
  UsageWorld world;
  world.run([&] {
    world.leave_file(7);
    Location location = world.location();
    world.arm({failing(Operation::read, EIO, "usage/usage.json")});
    const auto found = location.read();
    ASSERT_TRUE(found && found->book);
    EXPECT_EQ(found->book->generation, 7U);
    EXPECT_TRUE(world.exists(kFile + ".corrupt-1"));
    EXPECT_TRUE(replace(location, 8));
    EXPECT_TRUE(location.close());
  });
}

// DF-10, DF-19: leftovers of a killed writer, of any size, are in nobody's way.
TEST(Location, AnUnfinishedFileIsOverwritten) {
  UsageWorld world;
  world.run([&] {
    ASSERT_TRUE(make_directories(world.env.files, kPrimary));
    world.write(kFile + ".new", std::string(100'000, 'x'));
    Location location = world.location();
    ASSERT_TRUE(location.read());
    EXPECT_TRUE(replace(location, 1));
    EXPECT_EQ(world.text_of(kFile), text_of_generation(1));
    EXPECT_TRUE(location.close());
  });
}

TEST(Location, AFileOfALaterProgramIsLeftAlone) {
  UsageWorld world;
  world.run([&] {
    ASSERT_TRUE(make_directories(world.env.files, kPrimary));
    std::string text = text_of_generation(1);
    text.replace(text.find("\"version\":1"), 11, "\"version\":2");
    world.write(kFile, text);
    Location location = world.location();
    const auto found = location.read();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::unsupported);
    EXPECT_EQ(world.text_of(kFile), text);
    EXPECT_TRUE(location.close());
  });
}

TEST(Location, ASecondTrackerIsRefused) {
  UsageWorld world;
  world.run([&] {
    Location first = world.location(), second = world.location();
    ASSERT_TRUE(first.read());
    EXPECT_EQ(second.read().error().code, Code::busy);
    EXPECT_TRUE(first.close());
    EXPECT_TRUE(second.read());
    EXPECT_TRUE(second.close());
  });
}

}  // namespace
}  // namespace holdfast::usage
