// What excuses a durable record that is gone: a corruption of its own bytes, and nothing else.
#include "simulator/oracle/corruption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulator/oracle/laws.h"
#include "tests/unit/simulator/oracle/test_run.h"

namespace holdfast::oracle {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Four durable records of 100 bytes each in one segment, from byte 64 on; none was delivered.
TestRun four_records() {
  TestRun run;
  for (int i = 0; i < 4; ++i) run.offer(1s).accepted().durable(2s);
  run->frames = {{"spool/1.seg", 64, {0, 1, 2, 3}, {164, 264, 364, 464}}};
  run->claims.checked = 1;
  run->closed = true;
  run.stats().offered = 4;
  return run;
}

std::vector<bool> hit_by(TestRun& run, std::uint64_t begin, std::uint64_t end,
                         std::string path = "spool/1.seg") {
  run->damage = {{std::move(path), begin, end}};
  return hit_by_corruption(run.record());
}

LawVerdict durable(TestRun& run) { return check_durability(run.record(), account(run.record())).verdict; }
LawResult books(TestRun& run) { return check_conservation(run.record(), account(run.record())); }

TEST(Corruption, HitsTheFramesWhoseBytesItChangedAndNoNeighbour) {
  auto run = four_records();
  EXPECT_THAT(hit_by(run, 164, 165), ElementsAre(false, true, false, false));
  EXPECT_THAT(hit_by(run, 163, 164), ElementsAre(true, false, false, false));
  EXPECT_THAT(hit_by(run, 200, 300), ElementsAre(false, true, true, false));
  EXPECT_THAT(hit_by(run, 464, 9999), ElementsAre(false, false, false, false));
  EXPECT_THAT(hit_by(run, 0, 9999, "spool/2.seg"), ElementsAre(false, false, false, false));
}

TEST(Corruption, ManyPlacesHitWhatEachOfThemHits) {
  auto run = four_records();
  run->damage = {{"spool/1.seg", 300, 301}, {"spool/1.seg", 100, 101}, {"spool/1.seg", 90, 110}};
  EXPECT_THAT(hit_by_corruption(run.record()), ElementsAre(true, false, true, false));
}

TEST(Corruption, ADamagedHeaderCostsTheWholeSegmentOnlyAfterAKill) {
  auto run = four_records();
  EXPECT_THAT(hit_by(run, 10, 11), ElementsAre(false, false, false, false));
  run->ended_lives = {{0, {.at = 5s}}};
  EXPECT_THAT(hit_by(run, 10, 11), ElementsAre(true, true, true, true));
}

TEST(Durability, ExcusesARecordWhoseBytesWereHitAndCountsItQuarantined) {
  auto run = four_records();
  run->in_spool = {0, 2, 3};
  run.stats().pending_spool = 3;
  run.stats().quarantined = 1;
  EXPECT_EQ(durable(run), LawVerdict::fail) << "nobody hit it";
  run->damage = {{"spool/1.seg", 170, 171}};
  EXPECT_EQ(durable(run), LawVerdict::pass);
  EXPECT_EQ(books(run).verdict, LawVerdict::pass) << books(run).detail;
  const auto books = account(run.record());
  EXPECT_EQ(books.quarantined, 1U);
  EXPECT_EQ(books.corrupted, 1U);
  EXPECT_EQ(books.places[1], Place::quarantined);
}

// Damage on the way back from the disk passes: the record is there, and who counted meanwhile missed it.
TEST(Corruption, ExcusesAUsageFileThatReadItOverAKill) {
  auto run = four_records();
  run->ended_lives = {{0, {.at = 5s}}};
  run.stats().offered = 0;
  for (std::uint64_t i = 0; i < 4; ++i) run->in_spool.push_back(i);
  run->usage_records = 3;
  EXPECT_EQ(books(run).verdict, LawVerdict::fail);
  run->damage = {{"spool/1.seg", 170, 171}};
  EXPECT_EQ(books(run).verdict, LawVerdict::pass) << books(run).detail;
}

// A reader that stops at damage, or skips more than was damaged.
TEST(Durability, CatchesASoundRecordThatWasSkippedBesideADamagedOne) {
  auto run = four_records();
  run->in_spool = {0, 3};
  run.stats().pending_spool = 2;
  run.stats().quarantined = 2;
  run->damage = {{"spool/1.seg", 170, 171}};
  const auto law = check_durability(run.record(), account(run.record()));
  EXPECT_EQ(law.verdict, LawVerdict::fail);
  EXPECT_THAT(law.detail, HasSubstr("1 records reported durable are gone; the first is record 2"));
}

TEST(Conservation, CatchesADamagedRecordThatNobodyCounted) {
  auto run = four_records();
  run->in_spool = {0, 2, 3};
  run.stats().pending_spool = 4;  // the subject believes that it still has it
  run->damage = {{"spool/1.seg", 170, 171}};
  EXPECT_THAT(books(run).detail, HasSubstr("counts 0 records quarantined"));
  run->damaged_in_spool = 1;
  EXPECT_EQ(books(run).verdict, LawVerdict::pass) << "found, but not read again before the end";
}

TEST(Conservation, CatchesASubjectThatCountsMoreDamageThanThereWas) {
  auto run = four_records();
  run->in_spool = {0, 2, 3};
  run.stats().pending_spool = 2;
  run.stats().quarantined = 2;
  run->damage = {{"spool/1.seg", 170, 171}};
  EXPECT_THAT(books(run).detail, HasSubstr("counts 2 records quarantined"));
}

}  // namespace
}  // namespace holdfast::oracle
