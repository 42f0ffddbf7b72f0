// What every FileSystem does, whatever is under it: the same tests run against the virtual memory
// disk, the machine's own files, and those behind a faultfs mount with no rule armed. What the system
// calls offer beyond the port is in posix_*_test.cpp.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/env/file_system.h"
#include "core/host/posix_file_system.h"
#include "faultfs/control/fuse_available.h"
#include "faultfs/control/mount_table.h"
#include "simulator/world/virtual/virtual_world.h"
#include "tests/faultfs_process.h"
#include "tests/temporary_directory.h"

namespace holdfast {
namespace {

using Body = std::function<void(FileSystem&, const std::string& directory)>;

// One implementation under test, with an empty directory of its own.
class Arm {
 public:
  virtual ~Arm() = default;
  virtual void run(const Body& body) = 0;
};

class MemoryArm final : public Arm {
 public:
  void run(const Body& body) override {
    faultfs::Injector injector(1);
    upstream::UpstreamModel model({}, 1);
    world::VirtualWorld world({.disk_latency = std::chrono::microseconds(100)}, injector, model);
    EXPECT_TRUE(world.run([&] { body(world.disk(), "/mnt"); }));
  }
};

class PosixArm final : public Arm {
 public:
  void run(const Body& body) override {
    host::PosixFileSystem files;
    body(files, directory_.path());
  }

 private:
  TemporaryDirectory directory_;
};

class FaultfsArm final : public Arm {
 public:
  void run(const Body& body) override {
    if (auto able = faultfs::fuse_available(); !able) GTEST_SKIP() << able.error().message;
    const TemporaryDirectory directory;
    for (const char* name : {"backing", "mount"})
      ASSERT_TRUE(std::filesystem::create_directory(directory / name));
    {
      faultfs::FaultfsProcess faultfs(directory / "output");
      ASSERT_TRUE(faultfs.mount(
          {"mount", directory / "backing", directory / "mount", "--socket", directory / "control.sock"}));
      host::PosixFileSystem files;
      body(files, directory / "mount");
    }
    EXPECT_TRUE(faultfs::abort_and_unmount(directory / "mount"));
  }
};

struct Implementation {
  const char* name;
  std::unique_ptr<Arm> (*make)();
};

class FileSystemConformance : public testing::TestWithParam<Implementation> {
 protected:
  void check(const Body& body) { GetParam().make()->run(body); }
};

INSTANTIATE_TEST_SUITE_P(
    All, FileSystemConformance,
    testing::Values(
        Implementation{"Memory", [] { return std::unique_ptr<Arm>(std::make_unique<MemoryArm>()); }},
        Implementation{"Posix", [] { return std::unique_ptr<Arm>(std::make_unique<PosixArm>()); }},
        Implementation{"Faultfs", [] { return std::unique_ptr<Arm>(std::make_unique<FaultfsArm>()); }}),
    [](const auto& instance) { return instance.param.name; });

template <class T>
Code code_of(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? Code::internal : result.error().code;
}

std::string content_of(FileSystem& files, const std::string& path) {
  const auto bytes = read_file(files, path, 1 << 20);
  EXPECT_TRUE(bytes) << (bytes ? "" : bytes.error().message);
  return bytes ? std::string(as_text(*bytes)) : std::string();
}

void write_file(FileSystem& files, const std::string& path, const std::string& text) {
  auto file = files.open(path, {.write = true, .create = true, .truncate = true});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(write_all(**file, 0, as_bytes(text)));
  EXPECT_TRUE((*file)->close());
}

TEST_P(FileSystemConformance, ReadsWhatWasWritten) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    ASSERT_TRUE(file);
    EXPECT_EQ(*(*file)->write_at(0, as_bytes("hello")), 5u);
    EXPECT_EQ(*(*file)->write_at(3, as_bytes("p me")), 4u);
    EXPECT_EQ(*(*file)->size(), 7u);
    ByteBuffer bytes(100);
    EXPECT_EQ(*(*file)->read_at(2, bytes), 5u);
    EXPECT_EQ(as_text(Bytes(bytes).first(5)), "lp me");
    EXPECT_EQ(*(*file)->read_at(7, bytes), 0u);
    EXPECT_EQ(*(*file)->read_at(1000, bytes), 0u);
    EXPECT_TRUE((*file)->close());
  });
}

TEST_P(FileSystemConformance, WritingPastTheEndLeavesZeros) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE(write_all(**file, 50'000, as_bytes("far")));
    EXPECT_EQ(*(*file)->size(), 50'003u);
    ByteBuffer bytes(50'003);
    EXPECT_EQ(*(*file)->read_at(0, bytes), 50'003u);
    EXPECT_EQ(as_text(bytes), std::string(50'000, '\0') + "far");
    EXPECT_TRUE((*file)->close());
  });
}

TEST_P(FileSystemConformance, WritingNothingWritesNothing) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_EQ(*(*file)->write_at(10, {}), 0u);
    EXPECT_EQ(*(*file)->size(), 0u);
    EXPECT_TRUE((*file)->close());
  });
}

TEST_P(FileSystemConformance, TruncatingCutsAndExtendsWithZeros) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE(write_all(**file, 0, as_bytes("0123456789")));
    EXPECT_TRUE((*file)->truncate(4));
    EXPECT_TRUE((*file)->truncate(8));
    EXPECT_TRUE((*file)->close());
    EXPECT_EQ(content_of(files, at + "/f"), std::string("0123\0\0\0\0", 8));
  });
}

TEST_P(FileSystemConformance, AllocatingExtendsWithZerosAndKeepsBytes) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE(write_all(**file, 0, as_bytes("kept")));
    EXPECT_TRUE((*file)->allocate(0, 8));
    EXPECT_EQ(*(*file)->size(), 8u);
    EXPECT_TRUE((*file)->allocate(0, 2)) << "what is there already stays";
    EXPECT_EQ(*(*file)->size(), 8u);
    EXPECT_EQ(code_of((*file)->allocate(0, 0)), Code::invalid);
    EXPECT_TRUE((*file)->close());
    EXPECT_EQ(content_of(files, at + "/f"), std::string("kept\0\0\0\0", 8));
  });
}

TEST_P(FileSystemConformance, OpeningObeysItsMode) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_EQ(code_of(files.open(at + "/f", OpenMode::reading())), Code::not_found);
    EXPECT_EQ(code_of(files.open(at + "/f", OpenMode::updating())), Code::not_found);
    write_file(files, at + "/f", "text");
    EXPECT_EQ(code_of(files.open(at + "/f", OpenMode::creating())), Code::exists);
    auto kept = files.open(at + "/f", {.write = true, .create = true});
    EXPECT_EQ(*(*kept)->size(), 4u);
    EXPECT_TRUE((*kept)->close());
    auto emptied = files.open(at + "/f", {.write = true, .truncate = true});
    EXPECT_EQ(*(*emptied)->size(), 0u);
    EXPECT_TRUE((*emptied)->close());
  });
}

TEST_P(FileSystemConformance, AFileOpenForReadingTakesNoWrites) {
  check([](FileSystem& files, const std::string& at) {
    write_file(files, at + "/f", "text");
    auto file = files.open(at + "/f", OpenMode::reading());
    EXPECT_FALSE((*file)->write_at(0, as_bytes("x")));
    EXPECT_FALSE((*file)->truncate(0));
    EXPECT_FALSE((*file)->allocate(0, 10));
    EXPECT_TRUE((*file)->close());
    EXPECT_EQ(content_of(files, at + "/f"), "text");
  });
}

TEST_P(FileSystemConformance, AClosedFileAnswersErrors) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE((*file)->close());
    ByteBuffer bytes(1);
    EXPECT_FALSE((*file)->read_at(0, bytes));
    EXPECT_FALSE((*file)->write_at(0, as_bytes("x")));
    EXPECT_FALSE((*file)->sync_data());
  });
}

TEST_P(FileSystemConformance, DirectoriesAndFilesAreNotEachOther) {
  check([](FileSystem& files, const std::string& at) {
    write_file(files, at + "/f", "text");
    EXPECT_TRUE(files.make_directory(at + "/d"));
    EXPECT_EQ(code_of(files.open(at + "/d", OpenMode::updating())), Code::wrong_kind);
    EXPECT_EQ(code_of(files.open(at + "/f/x", OpenMode::creating())), Code::wrong_kind);
    EXPECT_EQ(code_of(files.list(at + "/f")), Code::wrong_kind);
    EXPECT_EQ(code_of(files.remove_directory(at + "/f")), Code::wrong_kind);
    EXPECT_EQ(code_of(files.remove(at + "/d")), Code::wrong_kind);
    EXPECT_EQ(code_of(files.rename(at + "/f", at + "/d")), Code::wrong_kind);
    EXPECT_EQ(code_of(files.rename(at + "/d", at + "/f")), Code::wrong_kind);
    EXPECT_EQ(code_of(files.sync_directory(at + "/f")), Code::wrong_kind);
  });
}

TEST_P(FileSystemConformance, WhatIsMissingIsNotFound) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_EQ(code_of(files.stat(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.list(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.remove(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.remove_directory(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.rename(at + "/no", at + "/x")), Code::not_found);
    EXPECT_EQ(code_of(files.sync_directory(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.space(at + "/no")), Code::not_found);
    EXPECT_EQ(code_of(files.make_directory(at + "/no/d")), Code::not_found);
    EXPECT_EQ(code_of(files.open(at + "/no/f", OpenMode::creating())), Code::not_found);
    write_file(files, at + "/f", "text");
    EXPECT_EQ(code_of(files.rename(at + "/f", at + "/no/f")), Code::not_found);
  });
}

TEST_P(FileSystemConformance, StatTellsSizeAndKind) {
  check([](FileSystem& files, const std::string& at) {
    write_file(files, at + "/f", "text");
    EXPECT_EQ(files.stat(at + "/f")->size, 4u);
    EXPECT_FALSE(files.stat(at + "/f")->is_directory);
    EXPECT_TRUE(files.stat(at)->is_directory);
  });
}

TEST_P(FileSystemConformance, ListsNamesInByteOrder) {
  check([](FileSystem& files, const std::string& at) {
    for (const char* name : {"b", "a", "B", "a.1", "a-1", "_"}) write_file(files, at + "/" + name, "");
    EXPECT_TRUE(files.make_directory(at + "/c"));
    EXPECT_EQ(*files.list(at), (std::vector<std::string>{"B", "_", "a", "a-1", "a.1", "b", "c"}));
    EXPECT_TRUE(files.list(at + "/c")->empty());
  });
}

TEST_P(FileSystemConformance, RenamingReplacesTheTarget) {
  check([](FileSystem& files, const std::string& at) {
    write_file(files, at + "/new", "new");
    write_file(files, at + "/old", "old");
    EXPECT_TRUE(files.rename(at + "/new", at + "/old"));
    EXPECT_EQ(content_of(files, at + "/old"), "new");
    EXPECT_EQ(*files.list(at), std::vector<std::string>{"old"});
    EXPECT_TRUE(files.rename(at + "/old", at + "/old")) << "onto itself";
    EXPECT_EQ(content_of(files, at + "/old"), "new");
  });
}

TEST_P(FileSystemConformance, RenamingMovesWholeDirectories) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_TRUE(make_directories(files, at + "/a/b"));
    write_file(files, at + "/a/b/f", "text");
    EXPECT_EQ(code_of(files.rename(at + "/a", at + "/a/b/c")), Code::invalid);
    EXPECT_TRUE(files.make_directory(at + "/empty"));
    EXPECT_TRUE(files.rename(at + "/a", at + "/empty"));
    EXPECT_EQ(content_of(files, at + "/empty/b/f"), "text");
    EXPECT_TRUE(files.make_directory(at + "/other"));
    EXPECT_EQ(code_of(files.rename(at + "/other", at + "/empty")), Code::exists);
  });
}

TEST_P(FileSystemConformance, AnOpenFileSurvivesRenameAndRemove) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE(files.rename(at + "/f", at + "/g"));
    EXPECT_TRUE(write_all(**file, 0, as_bytes("one")));
    EXPECT_EQ(content_of(files, at + "/g"), "one");
    EXPECT_TRUE(files.remove(at + "/g"));
    EXPECT_TRUE(write_all(**file, 3, as_bytes("two")));
    EXPECT_TRUE((*file)->sync());
    EXPECT_EQ(*(*file)->size(), 6u);
    EXPECT_TRUE((*file)->close());
    EXPECT_TRUE(files.list(at)->empty());
  });
}

TEST_P(FileSystemConformance, DirectoriesAreMadeOnceAndRemovedEmpty) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_TRUE(files.make_directory(at + "/d"));
    EXPECT_EQ(code_of(files.make_directory(at + "/d")), Code::exists);
    write_file(files, at + "/d/f", "");
    EXPECT_EQ(code_of(files.make_directory(at + "/d/f")), Code::exists);
    EXPECT_EQ(code_of(files.remove_directory(at + "/d")), Code::exists) << "it is not empty";
    EXPECT_TRUE(files.remove(at + "/d/f"));
    EXPECT_TRUE(files.remove_directory(at + "/d"));
    EXPECT_TRUE(files.list(at)->empty());
  });
}

TEST_P(FileSystemConformance, SyncsSucceedOnWhatIsThere) {
  check([](FileSystem& files, const std::string& at) {
    auto file = files.open(at + "/f", OpenMode::creating());
    EXPECT_TRUE(write_all(**file, 0, as_bytes("text")));
    EXPECT_TRUE((*file)->sync_data());
    EXPECT_TRUE((*file)->sync());
    EXPECT_TRUE(files.sync_directory(at));
    EXPECT_TRUE((*file)->close());
  });
}

TEST_P(FileSystemConformance, TheLockIsExclusiveAndEndsWithItsFile) {
  check([](FileSystem& files, const std::string& at) {
    auto owner = files.open(at + "/lock", OpenMode::creating());
    auto other = files.open(at + "/lock", OpenMode::updating());
    EXPECT_TRUE(*(*owner)->try_lock());
    EXPECT_TRUE(*(*owner)->try_lock()) << "it has it already";
    EXPECT_FALSE(*(*other)->try_lock());
    EXPECT_TRUE((*owner)->close());
    EXPECT_TRUE(*(*other)->try_lock());
    EXPECT_TRUE((*other)->close());
    auto third = files.open(at + "/lock", OpenMode::updating());
    EXPECT_TRUE(*(*third)->try_lock());
    third->reset();  // dropped without close, as the end of a process does
    auto fourth = files.open(at + "/lock", OpenMode::updating());
    EXPECT_TRUE(*(*fourth)->try_lock());
    EXPECT_TRUE((*fourth)->close());
  });
}

TEST_P(FileSystemConformance, SpaceIsSomewhere) {
  check([](FileSystem& files, const std::string& at) {
    const auto space = files.space(at);
    ASSERT_TRUE(space);
    EXPECT_GT(space->total_bytes, 0u);
    EXPECT_LE(space->free_bytes, space->total_bytes);
  });
}

TEST_P(FileSystemConformance, PathsMayBeWrittenInMoreThanOneWay) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_TRUE(files.make_directory(at + "/d/"));
    write_file(files, at + "//d/./f", "text");
    EXPECT_EQ(content_of(files, at + "/d/../d/f"), "text");
  });
}

TEST_P(FileSystemConformance, ANameHasAtMost255Bytes) {
  check([](FileSystem& files, const std::string& at) {
    write_file(files, at + "/" + std::string(255, 'n'), "");
    EXPECT_EQ(code_of(files.open(at + "/" + std::string(256, 'n'), OpenMode::creating())), Code::invalid);
  });
}

TEST_P(FileSystemConformance, ErrorsNameTheFile) {
  check([](FileSystem& files, const std::string& at) {
    const auto file = files.open(at + "/missing", OpenMode::reading());
    ASSERT_FALSE(file);
    EXPECT_NE(file.error().message.find(at + "/missing"), std::string::npos) << file.error().message;
    EXPECT_NE(file.error().os_error, 0);
  });
}

// The helpers of core/env/file_system.h.

TEST_P(FileSystemConformance, ReadFileReadsAllButNotMoreThanItsLimit) {
  check([](FileSystem& files, const std::string& at) {
    const std::string text(70'000, 't');
    write_file(files, at + "/f", text);
    EXPECT_EQ(as_text(*read_file(files, at + "/f", 70'000)), text);
    EXPECT_EQ(code_of(read_file(files, at + "/f", 69'999)), Code::invalid);
    EXPECT_EQ(code_of(read_file(files, at + "/no", 1)), Code::not_found);
  });
}

TEST_P(FileSystemConformance, MakeDirectoriesMakesWhatIsMissing) {
  check([](FileSystem& files, const std::string& at) {
    EXPECT_TRUE(make_directories(files, at + "/a/b/c"));
    EXPECT_TRUE(make_directories(files, at + "/a/b/c"));
    EXPECT_TRUE(files.stat(at + "/a/b/c")->is_directory);
    write_file(files, at + "/f", "");
    EXPECT_EQ(code_of(make_directories(files, at + "/f")), Code::wrong_kind);
  });
}

}  // namespace
}  // namespace holdfast
