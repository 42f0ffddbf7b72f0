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
  std::string directory;                                     // created when absent
  std::uint64_t max_bytes = std::uint64_t{256} << 20;        // of all segments together
  std::uint64_t segment_bytes = std::uint64_t{8} << 20;      // of one segment
  std::uint64_t commit_records = 1000;                       // a commit is due after so many records
  Duration commit_interval = std::chrono::milliseconds(10);  // or after so long, whichever is first
  Duration retry_interval = std::chrono::milliseconds(500);  // between attempts on a failed location
};

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

struct BreakerOptions {
  std::uint64_t failure_threshold = 5;                  // consecutive failures that open it
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
