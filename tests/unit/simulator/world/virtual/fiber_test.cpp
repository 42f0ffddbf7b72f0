#include "simulator/world/virtual/fiber.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast::world {
namespace {

TEST(Fiber, RunsOnlyWhenResumedAndStopsWhereItSuspends) {
  Fiber fiber;
  int step = 0;
  fiber.start([&] {
    step = 1;
    fiber.suspend();
    step = 2;
  });
  EXPECT_EQ(step, 0);
  EXPECT_FALSE(fiber.resume());
  EXPECT_EQ(step, 1);
  EXPECT_TRUE(fiber.resume());
  EXPECT_EQ(step, 2);
  EXPECT_FALSE(fiber.active());
}

TEST(Fiber, RunsAnotherBodyOnTheSameStack) {
  Fiber fiber;
  std::string said;
  for (int i = 0; i < 1000; ++i) {
    fiber.start([&, i] {
      std::vector<int> local(100, i);
      fiber.suspend();
      said += local.back() == i ? "" : "torn";
    });
    EXPECT_FALSE(fiber.resume());
    EXPECT_TRUE(fiber.resume());
  }
  EXPECT_EQ(said, "");
}

// Each body handles its own exception while others are being thrown and handled around it.
TEST(Fiber, KeepsExceptionsInFlightApart) {
  constexpr int kFibers = 40;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<std::string> caught(kFibers);
  for (int i = 0; i < kFibers; ++i) {
    auto& fiber = *fibers.emplace_back(std::make_unique<Fiber>());
    fiber.start([&fiber, &caught, i] {
      try {
        try {
          throw std::runtime_error(std::to_string(i));
        } catch (...) {
          fiber.suspend();
          throw;
        }
      } catch (const std::exception& error) {
        fiber.suspend();
        caught[static_cast<std::size_t>(i)] = error.what();
      }
    });
  }
  for (int round = 0; round < 2; ++round)
    for (auto& fiber : fibers) EXPECT_FALSE(fiber->resume());
  for (auto fiber = fibers.rbegin(); fiber != fibers.rend(); ++fiber) EXPECT_TRUE((*fiber)->resume());
  for (int i = 0; i < kFibers; ++i) EXPECT_EQ(caught[static_cast<std::size_t>(i)], std::to_string(i));
}

TEST(Fiber, DoesNotSeeTheExceptionsOfItsResumer) {
  Fiber fiber;
  bool clean = false;
  fiber.start([&] { clean = std::current_exception() == nullptr; });
  try {
    throw std::runtime_error("outside");
  } catch (const std::exception& error) {
    EXPECT_TRUE(fiber.resume());
    EXPECT_STREQ(error.what(), "outside");
    EXPECT_NE(std::current_exception(), nullptr);
  }
  EXPECT_TRUE(clean);
  EXPECT_EQ(std::current_exception(), nullptr);
}

TEST(Fiber, KeepsErrnoApart) {
  Fiber fiber;
  int seen = -1;
  fiber.start([&] {
    errno = ENOSPC;
    fiber.suspend();
    seen = errno;
  });
  errno = EIO;
  fiber.resume();
  EXPECT_EQ(errno, EIO);
  fiber.resume();
  EXPECT_EQ(seen, ENOSPC);
}

struct Noisy {
  bool& destroyed;
  ~Noisy() { destroyed = true; }
};

TEST(Fiber, AbandoningUnwindsNothingAndGivesTheBodyBack) {
  bool unwound = false;
  auto owned = std::make_shared<int>(7);
  {
    Fiber fiber;
    fiber.start([&fiber, &unwound, owned] {
      const Noisy noisy{unwound};
      fiber.suspend();
    });
    fiber.resume();
    const auto body = fiber.abandon();
    EXPECT_EQ(owned.use_count(), 2) << "the body is the caller's now";
    EXPECT_FALSE(fiber.active());
  }
  EXPECT_EQ(owned.use_count(), 1);
  EXPECT_FALSE(unwound);
}

TEST(Fiber, AnAbandonedFiberMayBeStartedAgain) {
  Fiber fiber;
  fiber.start([&] { fiber.suspend(); });
  fiber.resume();
  fiber.abandon();
  bool ran = false;
  fiber.start([&] { ran = true; });
  EXPECT_TRUE(fiber.resume());
  EXPECT_TRUE(ran);
}

TEST(Fiber, ThousandsMayBeSuspendedAtOnce) {
  constexpr std::size_t kFibers = 2000;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kFibers; ++i) {
    auto& fiber = *fibers.emplace_back(std::make_unique<Fiber>());
    fiber.start([&fiber, &sum, i] {
      fiber.suspend();
      sum += i;
    });
  }
  for (auto& fiber : fibers) fiber->resume();
  for (auto& fiber : fibers) EXPECT_TRUE(fiber->resume());
  EXPECT_EQ(sum, kFibers * (kFibers - 1) / 2);
}

TEST(FiberDeathTest, AnExceptionThatLeavesTheBodyEndsTheProgram) {
  EXPECT_DEATH(
      {
        Fiber fiber;
        fiber.start([] { throw std::runtime_error("nobody catches this"); });
        fiber.resume();
      },
      "");
}

}  // namespace
}  // namespace holdfast::world
