// Which operations meet which effect, as a program on a real disk would.
#include "faultfs/model/effects.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>

namespace holdfast::faultfs {
namespace {

std::set<Operation> hit_by(const Effect& effect, const Call& like = {}) {
  std::set<Operation> hit;
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    Call call = like;
    call.operation = static_cast<Operation>(i);
    if (acts_on(effect, call)) hit.insert(call.operation);
  }
  return hit;
}

using enum Operation;

TEST(Effects, ALostPermissionMeetsWhoComesByNameAndNobodyWithAnOpenFile) {
  const Effect lost{.permission = PermissionEffect{EACCES}};
  EXPECT_EQ(hit_by(lost, {.by_handle = true}),
            (std::set{open, opendir, access, create, mkdir, rmdir, unlink, rename, link, symlink, mknod,
                      chmod, chown, utimens, setattr, setxattr, removexattr}));
  EXPECT_TRUE(acts_on(lost, {.operation = truncate})) << "truncate(2) goes by name";
}

TEST(Effects, AReadOnlyVolumeRefusesWhatModifiesIt) {
  const Effect read_only{.read_only = ReadOnlyEffect{}};
  EXPECT_EQ(hit_by(read_only, {.by_handle = true}),
            (std::set{write, truncate, fallocate, copy_file_range, fsync,    fsyncdir,   create,
                      mkdir, rmdir,    unlink,    rename,          link,     symlink,    mknod,
                      chmod, chown,    utimens,   setattr,         setxattr, removexattr}));
  EXPECT_TRUE(acts_on(read_only, {.operation = open, .for_writing = true}));
}

TEST(Effects, CorruptionMeetsItsOwnOperationOnly) {
  EXPECT_EQ(hit_by({.corrupt = CorruptEffect{.when = CorruptWhen::read}}), std::set{read});
  EXPECT_EQ(hit_by({.corrupt = CorruptEffect{.when = CorruptWhen::write}}), std::set{write});
  EXPECT_TRUE(hit_by({.corrupt = CorruptEffect{.when = CorruptWhen::rest}}).empty());
}

int answer(Kind by, std::string path, Call call) {
  const Rule rule{.name = "r", .when = {.path = std::move(path)}, .effect = {.replaced = ReplacedEffect{by}}};
  return concerns(rule, call) ? answer_of(rule, call) : 0;
}

TEST(Effects, ADirectoryInThePlaceOfAFileAnswersAsTheKernelDoes) {
  const auto on = [](Operation operation) { return Call{.operation = operation, .path = "usage.json"}; };
  const auto replaced = [](const Call& call) { return answer(Kind::directory, "usage.json", call); };
  EXPECT_EQ(replaced(on(open)), EISDIR);
  EXPECT_EQ(replaced(on(create)), EISDIR);
  EXPECT_EQ(replaced({.operation = create, .path = "usage.json", .exclusive = true}), EEXIST);
  EXPECT_EQ(replaced(on(unlink)), EISDIR);
  EXPECT_EQ(replaced(on(mkdir)), EEXIST);
  EXPECT_EQ(replaced({.operation = rename, .path = "usage.json.new", .target = "usage.json"}), EISDIR);
  EXPECT_EQ(replaced({.operation = rename, .path = "usage.json", .target = "old"}), 0)
      << "it may be moved away";
  for (const auto operation : {read, write, fsync, flush, lock, getattr})
    EXPECT_EQ(replaced(on(operation)), 0);
  EXPECT_EQ(replaced({.operation = open, .path = "other"}), 0);
}

TEST(Effects, AFileInThePlaceOfADirectoryEndsEveryPathThroughIt) {
  const auto replaced = [](const Call& call) { return answer(Kind::file, "spool", call); };
  for (const auto operation : {lookup, open, create, unlink, mkdir, rename})
    EXPECT_EQ(replaced({.operation = operation, .path = "spool/a/1.seg"}), ENOTDIR) << to_string(operation);
  EXPECT_EQ(replaced({.operation = rename, .path = "1.seg", .target = "spool/1.seg"}), ENOTDIR);
  EXPECT_EQ(replaced({.operation = opendir, .path = "spool"}), ENOTDIR);
  EXPECT_EQ(replaced({.operation = mkdir, .path = "spool"}), EEXIST);
  for (const auto operation : {read, write, fsync, flush})
    EXPECT_EQ(replaced({.operation = operation, .path = "spool/1.seg"}), 0) << "an open file goes on";
  EXPECT_EQ(replaced({.operation = open, .path = "spool2/1.seg"}), 0);
}

}  // namespace
}  // namespace holdfast::faultfs
