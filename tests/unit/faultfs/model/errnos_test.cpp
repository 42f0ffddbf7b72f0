#include "faultfs/model/errnos.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace holdfast::faultfs {
namespace {

using enum Operation;

TEST(Errnos, AnOperationAnswersWhatLinuxAnswers) {
  for (const auto operation : {write, create, mkdir, rename, fsync, fallocate, setxattr, flush})
    EXPECT_TRUE(may_answer(operation, ENOSPC)) << to_string(operation);
  for (const auto operation : {read, getattr, readdir, opendir, unlink, rmdir, lookup, lock})
    EXPECT_FALSE(may_answer(operation, ENOSPC)) << to_string(operation);
  EXPECT_TRUE(may_answer(open, EMFILE));
  EXPECT_FALSE(may_answer(write, EMFILE));
  EXPECT_TRUE(may_answer(rmdir, ENOTEMPTY));
  EXPECT_FALSE(may_answer(unlink, ENOTEMPTY));
  EXPECT_TRUE(may_answer(lock, EDEADLK));
  EXPECT_FALSE(may_answer(fsync, EDEADLK));
}

TEST(Errnos, EveryOperationMeetsAFailingMedium) {
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    EXPECT_TRUE(may_answer(static_cast<Operation>(i), EIO));
    EXPECT_THAT(answers_of(static_cast<Operation>(i)), testing::Contains("ESTALE"));
  }
}

TEST(Errnos, EnosysIsNotKnown) { EXPECT_EQ(errno_from("ENOSYS"), std::nullopt); }

}  // namespace
}  // namespace holdfast::faultfs
