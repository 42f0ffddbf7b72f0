#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/oracle/laws.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::HasSubstr;

LawVerdict conservation(TestRun& run) {
  return check_conservation(run.record(), account(run.record())).verdict;
}
LawVerdict durability(TestRun& run) { return check_durability(run.record(), account(run.record())).verdict; }
LawVerdict identity(TestRun& run) { return check_identity(run.record(), account(run.record())).verdict; }

// Ten records, delivered; the subject's own books and the upstream agree.
TestRun clean_run() {
  TestRun run;
  for (std::uint64_t i = 0; i < 10; ++i) run.offer(1s).accepted().durable(2s).delivered(3s).key(i + 1);
  run.stats().offered = 10;
  run.stats().delivered = 10;
  run->closed = true;
  run->upstream = UpstreamTotals{1, 10};
  run->claims.checked = 1;
  return run;
}

TEST(Laws, HoldInACleanRun) {
  auto run = clean_run();
  for (const auto& law : check_laws(run.record()))
    EXPECT_NE(law.verdict, LawVerdict::fail) << law.law << law.detail;
  EXPECT_EQ(conservation(run), LawVerdict::pass);
  EXPECT_EQ(durability(run), LawVerdict::pass);
  EXPECT_EQ(identity(run), LawVerdict::pass);
}

TEST(Conservation, CatchesARecordDroppedInSilence) {
  auto run = clean_run();
  run.offer(1s).accepted();
  run.stats().offered = 11;
  run.stats().delivered = 11;  // a lie that keeps its own books in order
  const auto law = check_conservation(run.record(), account(run.record()));
  EXPECT_EQ(law.verdict, LawVerdict::fail);
  EXPECT_THAT(law.detail, HasSubstr("1 of 11 offered records are in no place; the first is record 10"));
}

TEST(Conservation, HoldsTheUsageFileToTheRecordsThatWereAccepted) {
  auto run = clean_run();
  run->usage_records = 10;
  EXPECT_EQ(conservation(run), LawVerdict::pass);
  run->usage_records = 11;
  EXPECT_EQ(conservation(run), LawVerdict::fail) << "one was counted twice";
  run->usage_records = 9;
  EXPECT_EQ(conservation(run), LawVerdict::fail) << "one is missing";
  run.stats().usage_pending = 1;
  EXPECT_EQ(conservation(run), LawVerdict::pass) << "it waits in memory, and is counted so";
}

TEST(Conservation, CatchesCopiesOfTheUsageFileThatDoNotBelongTogether) {
  auto run = clean_run();
  run->usage_records = 10;
  run->usage_problems = {"/mnt/b/usage.json tells another history"};
  const auto law = check_conservation(run.record(), account(run.record()));
  EXPECT_EQ(law.verdict, LawVerdict::fail);
  EXPECT_THAT(law.detail, HasSubstr("/mnt/b/usage.json tells another history"));
}

TEST(Conservation, OverKillsTheUsageFileMissesNothingThatWasDurable) {
  auto run = clean_run();
  run->ended_lives = {{0, {.at = 5s}}};
  run.stats().offered = run.stats().delivered = 0;
  run.offer(1s).accepted();  // and lost by the kill: may be counted or not
  for (const std::uint64_t counted : {10U, 11U}) {
    run->usage_records = counted;
    EXPECT_EQ(conservation(run), LawVerdict::pass) << counted;
  }
  run->usage_records = 12;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
  run->usage_records = 9;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
  run->frames = {{"spool/1.seg", 64, {0, 1}, {164, 264}}};
  run->damage = {{"spool/1.seg", 170, 171}};
  EXPECT_EQ(conservation(run), LawVerdict::pass)
      << "it was delivered, and damaged before it could be counted";
  run->damage.clear();
  run->scenario.subject.options.spool.max_bytes = 1000;
  EXPECT_EQ(conservation(run), LawVerdict::pass) << "the spool may have had no room to hold them";
}

TEST(Conservation, CatchesBooksThatDoNotAddUp) {
  auto run = clean_run();
  run.stats().delivered = 9;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
  run->closed = false;  // a snapshot may be off by what was in motion
  EXPECT_EQ(conservation(run), LawVerdict::pass);
}

TEST(Conservation, CatchesAMiscountOfOfferedRecords) {
  auto run = clean_run();
  run.stats().offered = run.stats().delivered = 12;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
}

TEST(Conservation, CatchesARejectionThatIsNotCounted) {
  auto run = clean_run();
  run.offer(1s).outcome(CallOutcome::rejected_ring_full);
  run.stats().offered = 11;
  run.stats().rejected_closed = 1;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
}

TEST(Conservation, ComparesOnlyTheLastLifeWithItsStats) {
  auto run = clean_run();
  run->ended_lives = {{0, {5s}}};  // all ten belong to the first life
  run.stats() = Stats{};
  EXPECT_EQ(conservation(run), LawVerdict::pass);
}

TEST(Conservation, CatchesARefusedRecordThatIsDeliveredAllTheSame) {
  auto run = clean_run();
  run.offer(1s).outcome(CallOutcome::rejected_ring_full).delivered(2s);
  run.stats().offered = 11;
  run.stats().rejected_ring_full = 1;
  run->upstream->known_keys = 11;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
}

TEST(Conservation, CatchesAnUpstreamThatKnowsOtherRecords) {
  auto run = clean_run();
  run->upstream->known_keys = 11;
  EXPECT_EQ(conservation(run), LawVerdict::fail);
}

TEST(Conservation, CatchesStrangersInTheSpool) {
  auto run = clean_run();
  run->in_spool = {1000};
  EXPECT_EQ(conservation(run), LawVerdict::fail);
}

TEST(Durability, CatchesAClaimThatTheDiskDoesNotBearOut) {
  auto run = clean_run();
  run->claims = {7, {{"spool/1.seg", 0, 4096, 2s, "never synced"}}};
  const auto law = check_durability(run.record(), account(run.record()));
  EXPECT_EQ(law.verdict, LawVerdict::fail);
  EXPECT_THAT(law.detail, HasSubstr("1 of 7 claims"));
  EXPECT_THAT(law.detail, HasSubstr("spool/1.seg [0, 4096): never synced"));
}

TEST(Durability, CatchesADurableRecordThatIsGoneAfterAKill) {
  auto run = clean_run();
  run.offer(1s).accepted().durable(2s).in_life(0);
  run->ended_lives = {{0, {5s}}};
  EXPECT_EQ(durability(run), LawVerdict::fail);
  run->in_spool = {10};
  EXPECT_EQ(durability(run), LawVerdict::pass);
}

TEST(Durability, IsInconclusiveWhenNoClaimWasChecked) {
  auto run = clean_run();
  run->claims.checked = 0;
  EXPECT_EQ(durability(run), LawVerdict::inconclusive);
}

TEST(Durability, IsNotJudgedOfASubjectThatClaimsNothing) {
  TestRun run;
  run.offer(1s).accepted().delivered(2s);
  EXPECT_EQ(durability(run), LawVerdict::not_judged);
}

TEST(Identity, CatchesARecordDeliveredUnderTwoKeys) {
  auto run = clean_run();
  run.offer(1s).accepted().delivered(2s).key(99).second_key();
  EXPECT_EQ(identity(run), LawVerdict::fail);
}

TEST(Identity, CatchesTwoRecordsDeliveredUnderOneKey) {
  auto run = clean_run();
  run.offer(1s).accepted().delivered(2s).key(3);
  EXPECT_EQ(identity(run), LawVerdict::fail);
}

}  // namespace
}  // namespace holdfast::oracle
