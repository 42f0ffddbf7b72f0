#include "simulator/scenario/scenario.h"

#include <gtest/gtest.h>

namespace holdfast::scenario {
namespace {

TEST(Subject, IsPlacedInTheMountWithWhatItAskedFor) {
  Subject subject;
  subject.place("/mnt", "http://host");
  EXPECT_EQ(subject.options.spool.directory, "/mnt/spool");
  EXPECT_EQ(subject.options.spool.backup_directory, "");
  EXPECT_EQ(subject.options.delivery.endpoint, "http://host");
  EXPECT_EQ(subject.options.usage.directory, "") << "none is kept unless asked for";
  subject.fallback_locations = true;
  subject.place("/mnt", "http://host");
  EXPECT_EQ(subject.options.spool.backup_directory, "/mnt/backup");
  EXPECT_EQ(subject.options.spool.emergency_directory, "/mnt/emergency");
}

TEST(Subject, RelativeUsageDirectoriesLieInTheMountAndOthersWhereTheySay) {
  Subject subject;
  subject.options.usage.directory = "usage";
  subject.options.usage.emergency_directory = "/elsewhere";
  subject.place("/mnt", "http://host");
  EXPECT_EQ(subject.options.usage.directory, "/mnt/usage");
  EXPECT_EQ(subject.options.usage.backup_directory, "");
  EXPECT_EQ(subject.options.usage.emergency_directory, "/elsewhere");
  subject.place("/mnt", "http://host");
  EXPECT_EQ(subject.options.usage.directory, "/mnt/usage") << "once is enough";
}

}  // namespace
}  // namespace holdfast::scenario
