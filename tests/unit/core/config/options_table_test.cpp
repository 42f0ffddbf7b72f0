#include "core/config/options_table.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace holdfast::config {
namespace {

using namespace std::chrono_literals;

template <class... Member>
constexpr std::size_t count_of(const Member&...) {
  return sizeof...(Member);
}

// Stops compiling when an option is added, and fails until the table has it.
std::size_t members_of_options() {
  const Options o;
  const auto& [ring_bytes] = o.ring;
  const auto& [poll, idle_poll] = o.collector;
  const auto& [mode, directory, backup, emergency, max_bytes, segment_bytes, commit_records, commit_interval,
               retry_interval, max_retry_interval, slow_commit] = o.spool;
  const auto& [memory_max] = o.memory;
  const auto& [endpoint, shippers, timeout, max_age, batch, backoff, breaker] = o.delivery;
  const auto& [max_records, linger, queue_records] = batch;
  const auto& [base, max] = backoff;
  const auto& [threshold, open_time, max_open_time, permits] = breaker;
  const auto& [usage_directory, usage_backup, usage_emergency, flush_interval, max_keys, days, prices] =
      o.usage;
  return count_of(ring_bytes, poll, idle_poll, mode, directory, backup, emergency, max_bytes, segment_bytes,
                  commit_records, commit_interval, retry_interval, max_retry_interval, slow_commit,
                  memory_max, endpoint, shippers, timeout, max_age, max_records, linger, queue_records, base,
                  max, threshold, open_time, max_open_time, permits, usage_directory, usage_backup,
                  usage_emergency, flush_interval, max_keys, days, prices);
}

std::string message_of(const Status& status) { return status ? "" : status.error().message; }

TEST(OptionTable, HasEveryOptionOnce) {
  std::set<std::string_view> paths;
  for (const auto& row : option_table()) paths.insert(row.path);
  EXPECT_EQ(paths.size(), option_table().size());
  EXPECT_EQ(option_table().size(), members_of_options());
}

// A row that wrote into its neighbour's member would leave its own text as it was.
TEST(OptionTable, EveryRowWritesItsOwnMember) {
  for (const auto& row : option_table()) {
    if (row.kind == OptionKind::mode) continue;
    Options options;
    const std::string text = row.kind == OptionKind::text       ? "http://x"
                             : row.kind == OptionKind::duration ? std::to_string(row.max) + "ns"
                             : row.kind == OptionKind::size     ? std::to_string(row.max) + "B"
                                                                : std::to_string(row.max);
    ASSERT_TRUE(set_option(row, options, text)) << row.path;
    std::size_t changed = 0;
    for (const auto& other : option_table())
      changed += option_text(other, options) != option_text(other, Options{}) ? 1 : 0;
    EXPECT_EQ(changed, 1U) << row.path;
    EXPECT_NE(option_text(row, options), option_text(row, Options{})) << row.path;
  }
}

TEST(OptionTable, DefaultsAreValid) { EXPECT_EQ(message_of(validate(Options{})), ""); }

TEST(OptionTable, TextOfAnOptionReadsBack) {
  for (const auto& row : option_table()) {
    Options options;
    ASSERT_TRUE(set_option(row, options, option_text(row, options))) << row.path;
    EXPECT_EQ(option_text(row, options), option_text(row, Options{}));
  }
}

TEST(OptionTable, EveryRangeIsEnforcedAtBothEnds) {
  for (const auto& row : option_table()) {
    if (row.kind != OptionKind::count) continue;
    Options options;
    EXPECT_TRUE(set_option(row, options, row.min)) << row.path;
    EXPECT_TRUE(set_option(row, options, row.max)) << row.path;
    EXPECT_FALSE(set_option(row, options, row.min - 1)) << row.path;
    const auto status = set_option(row, options, row.max + 1);
    EXPECT_NE(message_of(status).find(option_range(row)), std::string::npos) << message_of(status);
    EXPECT_EQ(option_text(row, options), std::to_string(row.max))
        << "an error leaves the options as they were";
  }
}

TEST(OptionTable, KeysOfAPrefixAreItsChildren) {
  EXPECT_EQ(option_keys("delivery.backoff"), (std::vector<std::string_view>{"base", "max"}));
  EXPECT_EQ(option_keys("").front(), "ring");
  EXPECT_TRUE(option_keys("ring.bytes").empty());
}

TEST(ValidateOptions, RefusesValuesOutOfRange) {
  Options options;
  options.collector.poll = -1ms;
  EXPECT_NE(message_of(validate(options)).find("collector.poll: found -1ms; allowed: 10us to 1s"),
            std::string::npos)
      << message_of(validate(options));
}

TEST(ValidateOptions, RefusesOptionsThatDisagree) {
  const auto refused = [](auto change, std::string_view path) {
    Options options;
    change(options);
    const std::string message = message_of(validate(options));
    EXPECT_TRUE(message.starts_with(path)) << path << ": " << message;
  };
  refused([](Options& o) { o.ring.bytes = 5000; }, "ring.bytes");
  refused([](Options& o) { o.collector.idle_poll = 100us; }, "collector.idle_poll");
  refused([](Options& o) { o.spool.max_bytes = o.spool.segment_bytes * 2 - 1; }, "spool.max_bytes");
  refused([](Options& o) { o.spool.max_retry_interval = 499ms; }, "spool.max_retry_interval");
  refused([](Options& o) { o.spool.emergency_directory = "/e"; }, "spool.emergency_directory");
  refused([](Options& o) { o.spool.directory = o.spool.backup_directory = "/s"; }, "spool.directory");
  refused([](Options& o) { o.delivery.batch.queue_records = 99; }, "delivery.batch.queue_records");
  refused([](Options& o) { o.delivery.backoff.max = 99ms; }, "delivery.backoff.max");
  refused([](Options& o) { o.delivery.breaker.max_open_time = 499ms; }, "delivery.breaker.max_open_time");
  refused([](Options& o) { o.delivery.endpoint = "ftp://host"; }, "delivery.endpoint");
  refused([](Options& o) { o.usage.backup_directory = "/b"; }, "usage.backup_directory");
  refused([](Options& o) { o.usage.directory = o.usage.emergency_directory = "/a"; },
          "usage.emergency_directory");
  refused([](Options& o) { o.usage.prices = "gpt-4o=cheap"; }, "usage.prices");
}

TEST(ValidateOptions, AcceptsTheEdgeOfAgreement) {
  Options options;
  options.spool.max_bytes = options.spool.segment_bytes * 2;
  options.delivery.backoff.max = options.delivery.backoff.base;
  options.delivery.endpoint = "https://host:8053";
  EXPECT_EQ(message_of(validate(options)), "");
}

TEST(DefaultsPage, EqualsTheTable) {
  const std::string path = HOLDFAST_SOURCE_DIR "/docs/defaults.md";
  if (std::getenv("HOLDFAST_REGENERATE") != nullptr)
    std::ofstream(path, std::ios::binary) << options_markdown();
  std::ifstream file(path, std::ios::binary);
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_EQ(page.str(), options_markdown())
      << "docs/defaults.md is old; print it again with HOLDFAST_REGENERATE=1 and this test";
}

}  // namespace
}  // namespace holdfast::config
