#include "faultfs/fuse/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Call a_request(std::uint64_t number, std::string_view path = "a", Operation operation = Operation::read) {
  return {.operation = operation, .path = path, .request = number};
}

TEST(Trace, ALineIsWholeWhenItsRequestIsAnswered) {
  Trace trace;
  EXPECT_FALSE(trace.is_on());
  EXPECT_THAT(trace.take({}).lines, IsEmpty()) << "the first question begins it";
  EXPECT_TRUE(trace.is_on());
  trace.begin(a_request(1), {}, {});
  trace.begin(a_request(2, "b"), {}, {});
  trace.answered(2, 5);
  EXPECT_THAT(trace.take({}).lines,
              ElementsAre(testing::AllOf(HasSubstr(R"("path":"b")"), HasSubstr("EIO"))));
  trace.answered(1, 0);
  EXPECT_THAT(trace.take({}).lines, ElementsAre(HasSubstr(R"("path":"a")")));
}

TEST(Trace, WhatIsBeyondItsBoundsIsDroppedAndCountedOnce) {
  Trace trace;
  (void)trace.take({});
  for (std::uint64_t number = 0; number < Trace::kMostOpen + 3; ++number)
    trace.begin(a_request(number), {}, {});
  EXPECT_EQ(trace.take({}).dropped, 3U) << "they wait behind the others";
  for (std::uint64_t number = 0; number < Trace::kMostOpen + 3; ++number) trace.answered(number, 0);
  trace.begin(a_request(1), {}, {});
  trace.answered(1, 0);
  const auto taken = trace.take({});
  EXPECT_EQ(taken.lines.size(), Trace::kMostLines);
  EXPECT_EQ(taken.dropped, 1U) << "the oldest line";
  EXPECT_EQ(trace.take({}).dropped, 0U);
}

TEST(Trace, TellsOfWhatItIsAskedFor) {
  Trace trace;
  (void)trace.take({.operations = {Operation::write}, .path = "spool/*"});
  trace.begin(a_request(1, "spool/1", Operation::write), {}, {});
  trace.begin(a_request(2, "other", Operation::write), {}, {});
  trace.begin(a_request(3, "spool/1", Operation::read), {}, {});
  for (const std::uint64_t number : {3, 2, 1}) trace.answered(number, 0);
  EXPECT_THAT(trace.take({}).lines, ElementsAre(HasSubstr(R"("op":"write","path":"spool/1")")));
}

}  // namespace
}  // namespace holdfast::faultfs
