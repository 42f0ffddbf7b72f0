#include "faultfs/model/operation.h"

#include <gtest/gtest.h>

namespace holdfast::faultfs {
namespace {

TEST(Operation, EveryNameReadsBackAsItsOperation) {
  for (std::size_t i = 0; i < kOperationCount; ++i) {
    const auto operation = static_cast<Operation>(i);
    EXPECT_FALSE(to_string(operation).empty()) << i;
    EXPECT_EQ(operation_from(to_string(operation)), operation) << to_string(operation);
  }
  EXPECT_EQ(to_string(Operation::copy_file_range), "copy_file_range");
  EXPECT_EQ(to_string(Operation::removexattr), "removexattr");
}

TEST(Operation, UnknownNamesAreNone) {
  EXPECT_EQ(operation_from("sync"), std::nullopt);
  EXPECT_EQ(operation_from(""), std::nullopt);
}

}  // namespace
}  // namespace holdfast::faultfs
