#include "simulator/run/timetable.h"

#include <gtest/gtest.h>

#include <string>

namespace holdfast::run {
namespace {

using namespace std::chrono_literals;

TEST(Timetable, DoesWhatIsDueInOrderOfTimeThenOfAdding) {
  std::string done;
  Timetable timetable;
  const auto act = [&](char name) {
    return [&done, name] {
      done += name;
      return Status{};
    };
  };
  timetable.add(2s, act('c'));
  timetable.add(1s, act('a'));
  timetable.add(1s, act('b'));
  EXPECT_EQ(timetable.next(9s), 1s);
  EXPECT_TRUE(timetable.run_due(1s));
  EXPECT_EQ(done, "ab");
  EXPECT_FALSE(timetable.done());
  EXPECT_TRUE(timetable.run_due(5s));
  EXPECT_TRUE(timetable.run_due(5s));
  EXPECT_EQ(done, "abc") << "each once";
  EXPECT_EQ(timetable.next(9s), 9s);
}

TEST(Timetable, AnActThatFailsIsTheLast) {
  int done = 0;
  Timetable timetable;
  timetable.add(1s, [&]() -> Status { return fail(Code::io, "broken"); });
  timetable.add(2s, [&] {
    ++done;
    return Status{};
  });
  EXPECT_FALSE(timetable.run_due(3s));
  EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace holdfast::run
