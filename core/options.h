// Every setting of a tracker, with unit, range and default. validate() in options_table.h checks
// exactly these ranges; docs/defaults.md is printed from the same table.
//
//   Options options;
//   options.spool.directory = "/var/spool/app";
//   options.delivery.endpoint = "http://127.0.0.1:8053";
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.h"

namespace holdfast {

struct RingOptions {
  std::uint64_t bytes = 1 << 20;  // per producer; a power of two; a record takes about 100 bytes
};

struct CollectorOptions {
  Duration poll = std::chrono::milliseconds(1);        // between looks at the rings while records come
  Duration idle_poll = std::chrono::milliseconds(10);  // the longest pause when none come
};

enum class SpoolMode : std::uint8_t { always };  // write-ahead: a record is durable before it is sent

struct SpoolOptions {
  SpoolMode mode = SpoolMode::always;
  std::string directory;                                     // the primary location; created when absent
  std::string backup_directory;                              // written while the primary fails; empty: none
  std::string emergency_directory;                           // written while both fail; empty: none
  std::uint64_t max_bytes = std::uint64_t{256} << 20;        // of all segments of all locations together
  std::uint64_t segment_bytes = std::uint64_t{8} << 20;      // of one segment
  std::uint64_t commit_records = 1000;                       // a commit is due after so many records
  Duration commit_interval = std::chrono::milliseconds(10);  // or after so long, whichever is first
  Duration retry_interval = std::chrono::milliseconds(500);  // first pause before a failed location is tried
  Duration max_retry_interval = std::chrono::seconds(30);    // longest pause, while another is written
  Duration slow_commit = std::chrono::seconds(2);            // a slower one counts as a failed location

  // The locations in the order in which they are used.
  std::vector<std::string> directories() const;
};

inline std::vector<std::string> SpoolOptions::directories() const {
  std::vector<std::string> all{directory};
  for (const auto& fallback : {backup_directory, emergency_directory})
    if (!fallback.empty()) all.push_back(fallback);
  return all;
}

struct MemoryOptions {
  std::uint64_t max_bytes = std::uint64_t{16} << 20;  // records held in memory while no disk takes them
};

struct BatchOptions {
  std::uint64_t max_records = 100;                  // per request
  Duration linger = std::chrono::milliseconds(20);  // how long a part-filled batch waits for more
  std::uint64_t queue_records = 20'000;             // read ahead of the shippers
};

struct BackoffOptions {
  Duration base = std::chrono::milliseconds(100);
  Duration max = std::chrono::seconds(5);
};

// An upstream that fails a share p of its requests opens the breaker about once in p^-threshold / (1-p)
// of them: with 20 that is never at one half and once in 1,300 at three quarters, where 5 would open
// it every 62 and every 13, and take bad luck for an outage.
struct BreakerOptions {
  std::uint64_t failure_threshold = 20;                 // consecutive failures that open it
  Duration open_time = std::chrono::milliseconds(500);  // first pause; doubles with each failed probe
  Duration max_open_time = std::chrono::seconds(30);    // longest pause
  std::uint64_t half_open_permits = 1;                  // probes at once
};

struct DeliveryOptions {
  std::string endpoint;                           // http://host:port
  std::uint64_t shippers = 4;                     // requests in flight at most
  Duration timeout = std::chrono::seconds(5);     // of one request
  Duration max_age = std::chrono::hours(24 * 7);  // older records expire, counted
  BatchOptions batch;
  BackoffOptions backoff;
  BreakerOptions breaker;
};

struct UsageOptions {
  std::string directory;                              // of the usage file; empty: there is none
  std::string backup_directory;                       // takes it when that one does not
  std::string emergency_directory;                    // and when neither does
  Duration flush_interval = std::chrono::seconds(5);  // between two writes of the file
  std::uint64_t max_keys = 200;                       // rows of one day; the rest is counted as "other"
  std::uint64_t days = 90;                            // kept apart; older ones are summed up
  std::string prices;                                 // "gpt-4o=2.5/10, ...", see usage/price_table.h
};

struct Options {
  RingOptions ring;
  CollectorOptions collector;
  SpoolOptions spool;
  MemoryOptions memory;
  DeliveryOptions delivery;
  UsageOptions usage;
};

}  // namespace holdfast
