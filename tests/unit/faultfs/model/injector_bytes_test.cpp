// What the injector decides about the bytes of reads and writes, and what it logs of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "faultfs/model/injector.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

const Time kArmed = from_nanoseconds(1'000'000'000);

Call a_write(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size = 0) {
  return {.operation = Operation::write,
          .path = "a",
          .offset = offset,
          .size = size,
          .inode = 1,
          .file_size = file_size};
}
Call a_read(std::uint64_t offset, std::uint64_t size, std::uint64_t file_size) {
  Call call = a_write(offset, size, file_size);
  call.operation = Operation::read;
  return call;
}

class InjectorBytes : public testing::Test {
 protected:
  void arm(std::vector<Effect> effects, bool all_continue = false) {
    FaultPlan plan;
    for (auto& effect : effects) {
      plan.rules.push_back(Rule{"r" + std::to_string(plan.rules.size()), {}, effect});
      if (all_continue) plan.rules.back().continues = true;
    }
    injector_.arm(std::move(plan), kArmed);
  }
  Decision decide(const Call& call) { return injector_.decide(call, kArmed); }
  std::string last() const { return lines_.empty() ? "" : lines_.back(); }

  std::vector<std::string> lines_;
  Injector injector_{5, [this](const FaultEvent& event) { lines_.push_back(to_json_line(event, kArmed)); }};
};

TEST_F(InjectorBytes, AShortWriteTakesRoomForWhatIsMoved) {
  arm({Effect{.shortens = ShortEffect{.bytes = 100}}, Effect{.error = ErrorEffect{EIO}}});
  const auto decision = decide(a_write(0, 8192));
  EXPECT_EQ(decision.error, 0) << "a short write ends the list";
  EXPECT_EQ(decision.granted, 100U);
  EXPECT_EQ(injector_.space().used_bytes(), SpaceBudget::kBlock);
  EXPECT_THAT(last(), HasSubstr(R"("offset":0,"size":8192,"decision":"short 100")"));
}

TEST_F(InjectorBytes, AShortReadIsFewerThanTheFileHasLeft) {
  arm({Effect{.shortens = ShortEffect{.fraction = kCertain / 2}}});
  EXPECT_EQ(decide(a_read(0, 4096, 100)).granted, 50U);
  EXPECT_EQ(decide(a_read(0, 4096, 1)).granted, 4096U) << "one byte cannot be fewer";
  EXPECT_EQ(decide(a_read(100, 4096, 100)).granted, 4096U) << "the end of the file is no fault";
  EXPECT_EQ(injector_.fired(), 1U);
}

TEST_F(InjectorBytes, ALostWriteSaysWhichBytesNeverCame) {
  arm({Effect{.lost = LostEffect{}}});
  const auto decision = decide(a_write(10, 20));
  EXPECT_EQ(decision.granted, 20U);
  ASSERT_TRUE(decision.pieces);
  EXPECT_TRUE(decision.pieces->empty());
  EXPECT_THAT(last(),
              HasSubstr(R"("decision":"lost","order_dependent":false,"damaged":[[10,20]],"pieces":[])"));
}

TEST_F(InjectorBytes, ATornWriteSaysWhatCameAndWhatIsTold) {
  arm({Effect{.torn = TornEffect{.bytes = 5, .answer = EIO}}});
  const auto decision = decide(a_write(10, 20));
  EXPECT_EQ(decision.error, 0) << "the pieces are written first";
  EXPECT_EQ(decision.answer, EIO);
  EXPECT_EQ(*decision.pieces, (std::vector<Piece>{{10, 5, 10}}));
  EXPECT_THAT(last(), HasSubstr(R"("decision":"torn EIO",)"));
  EXPECT_THAT(last(), HasSubstr(R"("damaged":[[15,15]],"pieces":[[10,5,10]])"));
}

TEST_F(InjectorBytes, AMisdirectedWriteNeedsAnotherPlace) {
  arm({Effect{.misdirected = MisdirectedEffect{}}, Effect{.error = ErrorEffect{EIO}}});
  EXPECT_EQ(decide(a_write(0, 512, 512)).error, EIO) << "with no other place the next rule acts";
  const auto decision = decide(a_write(0, 512, 1024));
  EXPECT_EQ(decision.error, 0);
  EXPECT_EQ(*decision.pieces, (std::vector<Piece>{{0, 512, 512}}));
  EXPECT_THAT(last(),
              HasSubstr(R"("decision":"misdirected","order_dependent":false,"damaged":[[0,512],[512,512]],)"
                        R"("pieces":[[0,512,512]])"));
}

TEST_F(InjectorBytes, AWriteLandsOnceAndMayBeDamagedOnItsWay) {
  arm({Effect{.lost = LostEffect{}}, Effect{.misdirected = MisdirectedEffect{}},
       Effect{.corrupt = CorruptEffect{.when = CorruptWhen::write}}},
      true);
  const auto decision = decide(a_write(0, 512, 4096));
  EXPECT_TRUE(decision.pieces->empty());
  EXPECT_EQ(decision.damage.size(), 1U);
  EXPECT_EQ(injector_.fired("r1"), 0U);
}

TEST_F(InjectorBytes, AStaleReadGivesWhatTheLastWriteReplaced) {
  arm({Effect{.stale = StaleEffect{}}});
  EXPECT_FALSE(decide(a_read(0, 100, 100)).faulted()) << "nothing was written over yet";
  EXPECT_TRUE(decide(a_write(10, 4, 100)).keeps_old);
  const std::vector<std::byte> old(4, std::byte{'o'});
  injector_.keep_old(1, 10, old);
  const auto decision = decide(a_read(8, 4, 100));
  ASSERT_EQ(decision.stale.size(), 1U);
  EXPECT_EQ(decision.stale[0].offset, 10U);
  EXPECT_EQ(decision.stale[0].bytes.size(), 2U);
  EXPECT_THAT(last(), HasSubstr(R"("decision":"stale","order_dependent":false,"damaged":[[10,2]])"));
  injector_.remove(1, "a", 0);
  EXPECT_FALSE(decide(a_read(8, 4, 100)).faulted());
}

TEST_F(InjectorBytes, WhatWasKeptBeforeTheArmingIsNotGivenAfterIt) {
  arm({Effect{.stale = StaleEffect{}}});
  (void)decide(a_write(0, 4, 100));
  injector_.keep_old(1, 0, std::vector<std::byte>(4, std::byte{'o'}));
  arm({Effect{.stale = StaleEffect{}}});
  EXPECT_FALSE(decide(a_read(0, 4, 100)).faulted());
}

TEST_F(InjectorBytes, DamageOnWriteSaysWhetherItHeals) {
  for (const bool restore : {false, true}) {
    arm({Effect{.corrupt = CorruptEffect{.when = CorruptWhen::write, .restore = restore}}});
    EXPECT_EQ(decide(a_write(0, 512)).heals, restore);
  }
}

TEST_F(InjectorBytes, OldBytesAreKeptOfAWriteThatAnotherRuleMeetsFirst) {
  arm({Effect{.shortens = ShortEffect{.bytes = 1}}, Effect{.stale = StaleEffect{}}});
  EXPECT_TRUE(decide(a_write(10, 4, 100)).keeps_old);
}

TEST_F(InjectorBytes, OldBytesAreKeptOnlyForWhatAStaleRuleMayMeet) {
  injector_.arm({{Rule{"s", {.path = "b"}, Effect{.stale = StaleEffect{}}}}}, kArmed);
  EXPECT_FALSE(decide(a_write(10, 4, 100)).keeps_old);
}

// Even with the same bytes, so that nothing of the file itself could tell.
TEST_F(InjectorBytes, WhatTheProgramWritesOverDamageIsNotToBeUndone) {
  const std::vector<std::byte> before(100, std::byte{'a'}), after(100, std::byte{'b'});
  const auto due = [&](auto meanwhile) {
    injector_.keep_undamaged(1, 0, before, after, true);
    meanwhile();
    injector_.heal(kArmed);
    std::size_t bytes = 0;
    for (const auto& place : injector_.undo().take_due(1)) bytes += place.before.size();
    return bytes;
  };
  EXPECT_EQ(due([] {}), 100U);
  EXPECT_EQ(due([&] { (void)decide(a_write(10, 20, 100)); }), 80U);
  EXPECT_EQ(due([&] { injector_.truncate(1, "a", 30); }), 30U);
  EXPECT_EQ(due([&] { injector_.remove(1, "a", 0); }), 0U);
}

}  // namespace
}  // namespace holdfast::faultfs
