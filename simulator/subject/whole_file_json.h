// The usage file of the older trackers: one JSON document, rewritten whole for every record.
//
//   WholeFile file("/mnt/spool/usage.json");
//   file.add(record, wall);          // read, parse, change, print, truncate, write; no sync
//
//   { "sessions": [the last 1000 records], "daily_totals": {"2026-01-31": {...}},
//     "model_breakdown": {...}, "provider_breakdown": {...}, "last_updated": 1767225600000000000 }
//
// What cannot be read counts as absent, so a file torn by a crash or a full disk loses its history
// without a word: that is how they were. One call at a time, under a lock; safe from any thread.
#pragma once

#include <string>

#include "core/base/mutex.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/record.h"

namespace holdfast::subject {

class WholeFile {
 public:
  explicit WholeFile(std::string path) : path_(std::move(path)) {}

  Status add(const UsageRecord& record, WallTime now);

 private:
  std::string path_;
  base::Mutex mutex_;
};

}  // namespace holdfast::subject
