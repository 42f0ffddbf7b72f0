#include "simulator/oracle/sync_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace holdfast::oracle {
namespace {

using ::testing::HasSubstr;

// A file made, written, synced, and its directory synced: the whole way to a durable name.
const std::string kDurable = R"({"t":90,"op":"mkdir","path":"spool"}
{"t":95,"op":"fsyncdir","path":"","start":91}
{"t":100,"op":"create","path":"spool/1.seg"}
{"t":200,"op":"fdatasync","path":"spool/1.seg","end":4096,"start":150}
{"t":300,"op":"fsyncdir","path":"spool","start":250}
)";

ClaimAudit audit(const std::string& log, const std::string& claims, std::int64_t start_ns = 0) {
  auto disk = parse_sync_log(log);
  auto claimed = parse_claims(claims);
  EXPECT_TRUE(disk) << disk.error().message;
  EXPECT_TRUE(claimed) << claimed.error().message;
  if (!disk || !claimed) return {};
  return audit_claims(*disk, *claimed, start_ns);
}

bool holds(const std::string& log, const std::string& claim) {
  const auto result = audit(log, claim + "\n");
  EXPECT_EQ(result.checked, 1U);
  return result.failed.empty();
}

TEST(SyncLog, AClaimHoldsAfterSyncOfFileAndName) {
  EXPECT_TRUE(holds(kDurable, "300 spool/1.seg 0 4096"));
  EXPECT_TRUE(holds(kDurable, "400 /spool/1.seg 1000 2000"));
}

TEST(SyncLog, AClaimMadeBeforeTheSyncCompletedFails) {
  EXPECT_FALSE(holds(kDurable, "299 spool/1.seg 0 4096"));
  EXPECT_FALSE(holds(kDurable, "199 spool/1.seg 0 4096"));
}

TEST(SyncLog, AClaimBeyondWhatWasSyncedFails) {
  const auto result = audit(kDurable, "1400 spool/1.seg 0 4097\n", 1000);
  ASSERT_EQ(result.failed.size(), 1U);
  EXPECT_EQ(result.failed[0].at, Duration(400));
  EXPECT_THAT(result.failed[0].reason, HasSubstr("first 4096 bytes"));
}

TEST(SyncLog, AClaimOnAFileThatWasNeverSyncedFails) {
  EXPECT_FALSE(holds(kDurable, "400 spool/2.seg 0 1"));
  EXPECT_FALSE(holds("", "400 spool/1.seg 0 1"));
}

const std::string kGivenUp =
    kDurable + R"({"t":400,"op":"given_up","path":"spool/1.seg","end":8192,"start":390}
{"t":500,"op":"fsync","path":"spool/1.seg","end":9000,"start":450}
)";

TEST(SyncLog, WhatAFailedSyncGaveUpNoLaterSyncMakesDurable) {
  EXPECT_TRUE(holds(kGivenUp, "600 spool/1.seg 0 4096")) << "an earlier sync wrote it";
  EXPECT_TRUE(holds(kGivenUp, "600 spool/1.seg 8192 9000")) << "written after the failure";
  EXPECT_FALSE(holds(kGivenUp, "600 spool/1.seg 4000 4097"));
  EXPECT_FALSE(holds(kGivenUp, "600 spool/1.seg 0 9000"));
  EXPECT_THAT(audit(kGivenUp, "600 spool/1.seg 0 9000\n").failed.at(0).reason,
              HasSubstr("bytes 4096 to 8192 were given up"));
}

TEST(SyncLog, WhatWasGivenUpMayBeWrittenAgainOrCutOff) {
  const std::string synced = R"({"t":800,"op":"fsync","path":"spool/1.seg","end":9000,"start":750}
)";
  const std::string rewritten = R"({"t":700,"op":"rewritten","path":"spool/1.seg","offset":4096,"end":6000}
)";
  EXPECT_TRUE(holds(kGivenUp + rewritten + synced, "900 spool/1.seg 0 6000"));
  EXPECT_FALSE(holds(kGivenUp + rewritten + synced, "900 spool/1.seg 0 6001"));
  const std::string cut = R"({"t":700,"op":"truncate","path":"spool/1.seg","end":4096}
)";
  EXPECT_TRUE(holds(kGivenUp + cut + synced, "900 spool/1.seg 0 9000"));
}

TEST(SyncLog, ADirectorySyncThatStartedBeforeTheNameWasMadeDoesNotCount) {
  EXPECT_FALSE(holds(R"({"t":100,"op":"create","path":"1.seg"}
{"t":200,"op":"fsync","path":"1.seg","end":10,"start":150}
{"t":300,"op":"fsyncdir","path":"","start":99}
)",
                     "400 1.seg 0 10"));
}

TEST(SyncLog, EveryDirectoryMadeOnTheWayNeedsADurableName) {
  const std::string log = R"({"t":10,"op":"mkdir","path":"a"}
{"t":20,"op":"mkdir","path":"a/b"}
{"t":30,"op":"create","path":"a/b/f"}
{"t":40,"op":"fsync","path":"a/b/f","end":10,"start":35}
{"t":50,"op":"fsyncdir","path":"a/b","start":45}
{"t":60,"op":"fsyncdir","path":"a","start":55}
)";
  EXPECT_FALSE(holds(log, "100 a/b/f 0 10"));
  EXPECT_TRUE(holds(log + "{\"t\":70,\"op\":\"fsyncdir\",\"path\":\"\",\"start\":65}\n", "100 a/b/f 0 10"));
}

TEST(SyncLog, WhatTheLogNeverSawMadeHadADurableNameBefore) {
  EXPECT_TRUE(holds(R"({"t":200,"op":"fsync","path":"old/f","end":10,"start":150})"
                    "\n",
                    "300 old/f 0 10"));
}

TEST(SyncLog, ARenameKeepsTheSyncedBytesAndNeedsItsDirectorySyncedAgain) {
  const std::string renamed =
      kDurable + R"({"t":400,"op":"rename","from":"spool/1.seg","to":"spool/2.seg"})" + "\n";
  EXPECT_FALSE(holds(renamed, "500 spool/2.seg 0 4096"));
  EXPECT_FALSE(holds(renamed, "500 spool/1.seg 0 4096"));
  EXPECT_TRUE(holds(renamed + R"({"t":450,"op":"fsyncdir","path":"spool","start":410})" + "\n",
                    "500 spool/2.seg 0 4096"));
}

TEST(SyncLog, ARenamedDirectoryTakesItsFilesAlong) {
  const std::string moved = kDurable + R"({"t":400,"op":"rename","from":"spool","to":"old"})" + "\n";
  EXPECT_FALSE(holds(moved, "500 old/1.seg 0 4096"));
  EXPECT_TRUE(
      holds(moved + R"({"t":450,"op":"fsyncdir","path":"","start":410})" + "\n", "500 old/1.seg 0 4096"));
}

TEST(SyncLog, AnExchangeLeavesBothFilesUnderTheOthersName) {
  const std::string swapped = kDurable + R"({"t":310,"op":"create","path":"spool/2.seg"}
{"t":320,"op":"fsync","path":"spool/2.seg","end":10,"start":315}
{"t":400,"op":"rename","from":"spool/1.seg","to":"spool/2.seg","exchange":true}
)";
  EXPECT_FALSE(holds(swapped, "500 spool/2.seg 0 4096"));
  const std::string synced = swapped + R"({"t":450,"op":"fsyncdir","path":"spool","start":410})" + "\n";
  EXPECT_TRUE(holds(synced, "500 spool/2.seg 0 4096"));
  EXPECT_TRUE(holds(synced, "500 spool/1.seg 0 10"));
  EXPECT_FALSE(holds(synced, "500 spool/1.seg 0 11"));
}

TEST(SyncLog, ARenameOntoAnotherFileReplacesIt) {
  const std::string replaced = kDurable + R"({"t":310,"op":"create","path":"spool/2.seg"}
{"t":320,"op":"fsync","path":"spool/2.seg","end":10,"start":315}
{"t":400,"op":"rename","from":"spool/2.seg","to":"spool/1.seg"}
{"t":450,"op":"fsyncdir","path":"spool","start":410}
)";
  EXPECT_TRUE(holds(replaced, "500 spool/1.seg 0 10"));
  EXPECT_FALSE(holds(replaced, "500 spool/1.seg 0 4096"));
  EXPECT_FALSE(holds(replaced, "500 spool/2.seg 0 10"));
}

TEST(SyncLog, ANewFileUnderAnOldNameStartsFromNothing) {
  const std::string again = kDurable + R"({"t":400,"op":"unlink","path":"spool/1.seg"}
{"t":410,"op":"create","path":"spool/1.seg"}
{"t":420,"op":"fsyncdir","path":"spool","start":415}
)";
  EXPECT_FALSE(holds(again, "500 spool/1.seg 0 100"));
}

TEST(SyncLog, ATruncationForgetsWhatItCutOff) {
  const std::string cut = kDurable + R"({"t":400,"op":"truncate","path":"spool/1.seg","end":1000})" + "\n";
  EXPECT_TRUE(holds(cut, "500 spool/1.seg 0 1000"));
  EXPECT_FALSE(holds(cut, "500 spool/1.seg 0 4096"));
}

TEST(SyncLog, ASyncThatATruncationOvertookCoversOnlyWhatWasLeft) {
  const std::string cut = kDurable + R"({"t":400,"op":"truncate","path":"spool/1.seg","end":1000}
{"t":450,"op":"fsync","path":"spool/1.seg","end":4096,"start":390}
)";
  EXPECT_FALSE(holds(cut, "500 spool/1.seg 0 4096"));
}

TEST(SyncLog, AWriteThatIsDurableByItselfCoversItsOwnBytes) {
  const std::string before = R"({"t":10,"op":"fsync","path":"1.seg","end":100,"start":9}
)";
  const std::string next = R"({"t":20,"op":"write","path":"1.seg","offset":100,"end":200,"start":19}
)";
  const std::string beyond = R"({"t":20,"op":"write","path":"1.seg","offset":150,"end":200,"start":19}
)";
  EXPECT_TRUE(holds(before + next, "30 1.seg 0 200"));
  EXPECT_FALSE(holds(before + beyond, "30 1.seg 0 200"));
}

TEST(SyncLog, TheOrderOfLinesDoesNotMatterButTheirTimes) {
  EXPECT_TRUE(holds(R"({"t":300,"op":"fsyncdir","path":"","start":250}
{"t":200,"op":"fsync","path":"f","end":10,"start":150}
{"t":100,"op":"create","path":"f"}
)",
                    "400 f 0 10"));
}

TEST(SyncLog, IgnoresALastLineCutOffByADeath) {
  EXPECT_EQ(parse_sync_log(kDurable + "{\"t\":40").value().size(), 5U);
  EXPECT_EQ(parse_claims("1 a 0 5\n2 b 0").value().size(), 1U);
}

TEST(SyncLog, NamesTheLineItDoesNotUnderstand) {
  EXPECT_THAT(parse_sync_log(kDurable + "nonsense\n").error().message, HasSubstr("line 6"));
  EXPECT_THAT(parse_sync_log("{\"t\":1,\"op\":\"fsync\",\"path\":\"f\"}\n").error().message,
              HasSubstr("start"));
  EXPECT_THAT(parse_sync_log("{\"t\":1,\"op\":\"chmod\",\"path\":\"f\"}\n").error().message,
              HasSubstr("operation"));
  for (const auto* bad : {"x a 0 1\n", "1 a 0\n", "1 a 5 4\n", "1 a 0 1x\n", "\n"})
    EXPECT_EQ(parse_claims(bad).error().code, Code::corrupted) << bad;
}

TEST(SyncLog, PathsMayHoldSpaces) {
  const auto claims = parse_claims("12 my spool/1.seg 3 4\n").value();
  EXPECT_EQ(claims[0].path, "my spool/1.seg");
  EXPECT_EQ(claims[0].begin, 3U);
}

TEST(SyncLog, AClaimMayNameItsFrames) {
  const auto claims = parse_claims("12 my spool/1.seg 64 240 7:152,8:240\n").value();
  EXPECT_EQ(claims[0].path, "my spool/1.seg");
  EXPECT_EQ(claims[0].end, 240U);
  EXPECT_EQ(claims[0].references, (std::vector<std::uint64_t>{7, 8}));
  EXPECT_EQ(claims[0].ends, (std::vector<std::uint64_t>{152, 240}));
  for (const auto* bad : {"1 a 0 1 7:\n", "1 a 0 1 :8\n", "1 a 0 1 7:8;9:9\n", "1 a 0 7:8\n"})
    EXPECT_EQ(parse_claims(bad).error().code, Code::corrupted) << bad;
}

}  // namespace
}  // namespace holdfast::oracle
