#include "core/config/options_table.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "core/base/check.h"
#include "core/base/nearest.h"
#include "core/base/units.h"
#include "core/usage/price_table.h"

namespace holdfast::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kKiB = 1ULL << 10, kMiB = 1ULL << 20, kGiB = 1ULL << 30, kTiB = 1ULL << 40;

OptionRow duration(std::string_view path, Duration& (*field)(Options&), Duration min, Duration max,
                   std::string_view help) {
  return {path,
          OptionKind::duration,
          static_cast<std::uint64_t>(min.count()),
          static_cast<std::uint64_t>(max.count()),
          field,
          help};
}
OptionRow size(std::string_view path, std::uint64_t& (*field)(Options&), std::uint64_t min, std::uint64_t max,
               std::string_view help) {
  return {path, OptionKind::size, min, max, field, help};
}
OptionRow count(std::string_view path, std::uint64_t& (*field)(Options&), std::uint64_t min,
                std::uint64_t max, std::string_view help) {
  return {path, OptionKind::count, min, max, field, help};
}
OptionRow text(std::string_view path, std::string& (*field)(Options&), std::uint64_t longest,
               std::string_view help) {
  return {path, OptionKind::text, 0, longest, field, help};
}

using Rows = std::vector<OptionRow>;
using O = Options;
using U = std::uint64_t;

// clang-format off
Rows rows_of_ingest() {
  return {
    size("ring.bytes", [](O& o) -> U& { return o.ring.bytes; }, 4 * kKiB, kGiB,
         "Memory of each producer's ring; a power of two. A record takes about 100 bytes; a full"
         " ring rejects."),
    duration("collector.poll", [](O& o) -> Duration& { return o.collector.poll; }, 10us, 1s,
         "Pause between two looks at the rings while records come."),
    duration("collector.idle_poll", [](O& o) -> Duration& { return o.collector.idle_poll; }, 10us, 10s,
         "Longest pause between two looks at the rings when no record comes; at least collector.poll."),
  };
}

Rows rows_of_spool() {
  return {
    OptionRow{"spool.mode", OptionKind::mode, 0, 0,
         +[](O& o) -> SpoolMode& { return o.spool.mode; },
         "When records are written to disk; always: before they are sent."},
    text("spool.directory", [](O& o) -> std::string& { return o.spool.directory; }, 4095,
         "Where the segments lie: the primary location; created when absent."),
    text("spool.backup_directory", [](O& o) -> std::string& { return o.spool.backup_directory; }, 4095,
         "Where segments are written while the primary location fails; best on another device."),
    text("spool.emergency_directory", [](O& o) -> std::string& { return o.spool.emergency_directory; },
         4095,
         "Where segments are written while primary and backup fail; needs spool.backup_directory."),
    size("spool.max_bytes", [](O& o) -> U& { return o.spool.max_bytes; }, 8 * kKiB, 1024 * kTiB,
         "Most that all segments of all locations together may take on disk; room for at least two"
         " segments."),
    size("spool.segment_bytes", [](O& o) -> U& { return o.spool.segment_bytes; }, 4 * kKiB, 4 * kGiB,
         "Size of one segment file, the unit in which space is given back."),
    count("spool.commit_records", [](O& o) -> U& { return o.spool.commit_records; }, 1, 1'000'000,
         "A commit (one sync for many records) is due after this many records."),
    duration("spool.commit_interval", [](O& o) -> Duration& { return o.spool.commit_interval; }, 10us, 10s,
         "A commit is due this long after the first record it holds, if not sooner."),
    duration("spool.retry_interval", [](O& o) -> Duration& { return o.spool.retry_interval; }, 1ms, 1h,
         "First pause before a location that failed is tried again; doubles with each failed trial while"
         " another location is written."),
    duration("spool.max_retry_interval", [](O& o) -> Duration& { return o.spool.max_retry_interval; },
         1ms, 24h,
         "Longest pause before a location that failed is tried again; at least spool.retry_interval."),
    duration("spool.slow_commit", [](O& o) -> Duration& { return o.spool.slow_commit; }, 1ms, 1h,
         "A commit that takes longer counts its location as failed, where another one is usable."),
    size("memory.max_bytes", [](O& o) -> U& { return o.memory.max_bytes; }, 4 * kKiB, 64 * kGiB,
         "Most that records may take in memory while no disk takes them; beyond it the collector"
         " stops draining."),
  };
}

Rows rows_of_delivery() {
  return {
    text("delivery.endpoint", [](O& o) -> std::string& { return o.delivery.endpoint; }, 2048,
         "Address of the upstream; begins with http:// or https://."),
    count("delivery.shippers", [](O& o) -> U& { return o.delivery.shippers; }, 1, 256,
         "Workers that send, hence the most requests in flight."),
    duration("delivery.timeout", [](O& o) -> Duration& { return o.delivery.timeout; }, 1ms, 10min,
         "How long one request may take before its outcome counts as unknown."),
    duration("delivery.max_age", [](O& o) -> Duration& { return o.delivery.max_age; }, 1s, 24h * 3650,
         "Records older than this expire, counted, instead of being sent."),
    count("delivery.batch.max_records", [](O& o) -> U& { return o.delivery.batch.max_records; }, 1, 10'000,
         "Most records in one request."),
    duration("delivery.batch.linger", [](O& o) -> Duration& { return o.delivery.batch.linger; }, 0s, 1min,
         "How long a part-filled batch waits for more records; 0 sends at once."),
    count("delivery.batch.queue_records", [](O& o) -> U& { return o.delivery.batch.queue_records; },
         1, 10'000'000,
         "Records read ahead of the shippers; at least delivery.batch.max_records."),
    duration("delivery.backoff.base", [](O& o) -> Duration& { return o.delivery.backoff.base; }, 1ms, 1h,
         "Ceiling of the first pause before a retry; doubles with each attempt, with jitter."),
    duration("delivery.backoff.max", [](O& o) -> Duration& { return o.delivery.backoff.max; }, 1ms, 24h,
         "Longest pause before a retry; at least delivery.backoff.base."),
    count("delivery.breaker.failure_threshold",
         [](O& o) -> U& { return o.delivery.breaker.failure_threshold; },
         1, 1'000'000,
         "Consecutive failures that open the breaker."),
    duration("delivery.breaker.open_time", [](O& o) -> Duration& { return o.delivery.breaker.open_time; },
         1ms, 1h,
         "First pause of an open breaker before it probes; doubles with each failed probe."),
    duration("delivery.breaker.max_open_time",
         [](O& o) -> Duration& { return o.delivery.breaker.max_open_time; },
         1ms, 24h,
         "Longest pause of an open breaker; at least delivery.breaker.open_time."),
    count("delivery.breaker.half_open_permits",
         [](O& o) -> U& { return o.delivery.breaker.half_open_permits; },
         1, 1000,
         "Probes that a half-open breaker lets through at once."),
  };
}

Rows rows_of_usage() {
  return {
    text("usage.directory", [](O& o) -> std::string& { return o.usage.directory; }, 4095,
         "Where the usage file lies, totals by day, model, provider and operation; created when absent."
         " None: nothing is summed up."),
    text("usage.backup_directory", [](O& o) -> std::string& { return o.usage.backup_directory; }, 4095,
         "Takes the usage file while usage.directory does not."),
    text("usage.emergency_directory", [](O& o) -> std::string& { return o.usage.emergency_directory; }, 4095,
         "Takes the usage file while neither of the two above does; after it, totals stay in memory."),
    duration("usage.flush_interval", [](O& o) -> Duration& { return o.usage.flush_interval; }, 10ms, 1h,
         "Pause between two writes of the usage file."),
    count("usage.max_keys", [](O& o) -> U& { return o.usage.max_keys; }, 1, 100'000,
         "Rows of one day, each a model, provider and operation; further ones are counted as \"other\"."),
    count("usage.days", [](O& o) -> U& { return o.usage.days; }, 1, 36'500,
         "Days that are kept apart; what is older is summed up as \"earlier\"."),
    text("usage.prices", [](O& o) -> std::string& { return o.usage.prices; }, 65'536,
         "Prices in US dollars per million tokens, input/output, for records without a cost:"
         " \"gpt-4o=2.5/10, claude-*=3/15\"."),
  };
}
// clang-format on

// In the order of a record's way.
const Rows& table() {
  static const Rows rows = [] {
    Rows all;
    for (const auto& part : {rows_of_ingest(), rows_of_spool(), rows_of_delivery(), rows_of_usage()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return rows;
}

constexpr std::string_view kModes[] = {"always"};  // by value of SpoolMode

template <class T>
T& field_of(const OptionRow& row, Options& options) {
  return std::get<T& (*)(Options&)>(row.field)(options);
}

// The option as the number its range is about.
std::uint64_t magnitude(const OptionRow& row, Options& options) {
  switch (row.kind) {
    case OptionKind::duration: return static_cast<std::uint64_t>(field_of<Duration>(row, options).count());
    case OptionKind::size:
    case OptionKind::count: return field_of<std::uint64_t>(row, options);
    case OptionKind::text: return field_of<std::string>(row, options).size();
    case OptionKind::mode: return 0;
  }
  return 0;
}

std::string print(OptionKind kind, std::uint64_t value) {
  switch (kind) {
    case OptionKind::duration: return format_duration(Duration(static_cast<std::int64_t>(value)));
    case OptionKind::size: return format_size(value);
    default: return std::to_string(value);
  }
}

std::unexpected<Error> wrong(const OptionRow& row, std::string_view found) {
  return fail(Code::invalid,
              std::string(row.path) + ": found " + std::string(found) + "; allowed: " + option_range(row));
}

Status check_range(const OptionRow& row, Options& options) {
  const std::uint64_t value = magnitude(row, options);
  if (value >= row.min && value <= row.max) return {};
  return wrong(row, row.kind == OptionKind::text ? "a text of " + std::to_string(value) + " characters"
                                                 : option_text(row, options));
}

Status check_mode(const OptionRow& row, std::string_view found) {
  if (std::ranges::find(kModes, found) != std::end(kModes)) return {};
  return fail(Code::invalid, std::string(row.path) + ": found \"" + std::string(found) + "\"" +
                                 allowed_names(found, kModes));
}

template <class T>
Status assign(const OptionRow& row, Options& options, Result<T> value) {
  if (!value) return fail(value.error().code, std::string(row.path) + ": " + value.error().message);
  Options changed = options;
  field_of<T>(row, changed) = std::move(*value);
  if (auto status = check_range(row, changed); !status) return status;
  options = std::move(changed);
  return {};
}

Result<std::uint64_t> parse_count(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size()) return value;
  return fail(Code::invalid, "\"" + std::string(text) + "\" is not a whole number");
}

bool are_different(std::vector<std::string> names) {
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end();
}

bool is_http(std::string_view url) { return url.starts_with("http://") || url.starts_with("https://"); }

}  // namespace

std::span<const OptionRow> option_table() { return table(); }

const OptionRow* find_option(std::string_view path) {
  const auto row = std::ranges::find(table(), path, &OptionRow::path);
  return row == table().end() ? nullptr : &*row;
}

std::vector<std::string_view> option_keys(std::string_view prefix) {
  std::vector<std::string_view> keys;
  for (const auto& row : table()) {
    std::string_view rest = row.path;
    if (!prefix.empty()) {
      if (!rest.starts_with(prefix) || rest.size() == prefix.size() || rest[prefix.size()] != '.') continue;
      rest.remove_prefix(prefix.size() + 1);
    }
    rest = rest.substr(0, rest.find('.'));
    if (std::ranges::find(keys, rest) == keys.end()) keys.push_back(rest);
  }
  return keys;
}

std::string option_text(const OptionRow& row, const Options& options) {
  Options copy = options;  // the accessors of the table are for writing
  if (row.kind == OptionKind::text) return field_of<std::string>(row, copy);
  if (row.kind == OptionKind::mode)
    return std::string(kModes[static_cast<std::size_t>(field_of<SpoolMode>(row, copy))]);
  return print(row.kind, magnitude(row, copy));
}

std::string option_range(const OptionRow& row) {
  if (row.kind == OptionKind::mode) return quoted_list(kModes);
  if (row.kind == OptionKind::text) return "at most " + std::to_string(row.max) + " characters";
  return print(row.kind, row.min) + " to " + print(row.kind, row.max);
}

Status set_option(const OptionRow& row, Options& options, std::string_view text) {
  switch (row.kind) {
    case OptionKind::duration: return assign<Duration>(row, options, parse_duration(text));
    case OptionKind::size: return assign<std::uint64_t>(row, options, parse_size(text));
    case OptionKind::count: return assign<std::uint64_t>(row, options, parse_count(text));
    case OptionKind::text: return assign<std::string>(row, options, std::string(text));
    case OptionKind::mode: {
      if (auto status = check_mode(row, text); !status) return status;
      field_of<SpoolMode>(row, options) = static_cast<SpoolMode>(std::ranges::find(kModes, text) - kModes);
      return {};
    }
  }
  return {};
}

Status set_option(const OptionRow& row, Options& options, std::uint64_t value) {
  HOLDFAST_CHECK(row.kind == OptionKind::count, "only a count is a bare number");
  return assign<std::uint64_t>(row, options, value);
}

std::vector<Disagreement> disagreements(const Options& o) {
  std::vector<Disagreement> found;
  const auto require = [&](bool holds, std::string_view path, std::string_view rule) {
    if (!holds) found.push_back({path, std::string(rule) + "; found " + option_text(*find_option(path), o)});
  };
  require(std::has_single_bit(o.ring.bytes), "ring.bytes", "must be a power of two");
  require(o.collector.poll <= o.collector.idle_poll, "collector.idle_poll",
          "must be at least collector.poll");
  require(
      o.spool.segment_bytes <= o.spool.max_bytes / 2, "spool.max_bytes",
      "must hold at least two segments of spool.segment_bytes (" + format_size(o.spool.segment_bytes) + ")");
  require(o.spool.retry_interval <= o.spool.max_retry_interval, "spool.max_retry_interval",
          "must be at least spool.retry_interval (" + format_duration(o.spool.retry_interval) + ")");
  require(o.spool.emergency_directory.empty() || !o.spool.backup_directory.empty(),
          "spool.emergency_directory", "needs spool.backup_directory, which is tried before it");
  require(are_different(o.spool.directories()), "spool.directory",
          "must not be a fallback location too: each location is a directory of its own");
  require(o.delivery.batch.max_records <= o.delivery.batch.queue_records, "delivery.batch.queue_records",
          "must be at least delivery.batch.max_records");
  require(o.delivery.backoff.base <= o.delivery.backoff.max, "delivery.backoff.max",
          "must be at least delivery.backoff.base (" + format_duration(o.delivery.backoff.base) + ")");
  require(
      o.delivery.breaker.open_time <= o.delivery.breaker.max_open_time, "delivery.breaker.max_open_time",
      "must be at least delivery.breaker.open_time (" + format_duration(o.delivery.breaker.open_time) + ")");
  require(o.delivery.endpoint.empty() || is_http(o.delivery.endpoint), "delivery.endpoint",
          "must begin with http:// or https://");
  const auto require_own = [&](const std::string& directory, std::string_view path,
                               const std::string& other) {
    require(directory.empty() || !o.usage.directory.empty(), path, "needs usage.directory");
    require(directory.empty() || directory != other, path, "must be a directory of its own");
  };
  require_own(o.usage.backup_directory, "usage.backup_directory", o.usage.directory);
  require_own(o.usage.emergency_directory, "usage.emergency_directory", o.usage.directory);
  require_own(o.usage.emergency_directory, "usage.emergency_directory", o.usage.backup_directory);
  if (const auto prices = usage::PriceTable::parse(o.usage.prices); !prices)
    found.push_back({"usage.prices", prices.error().message});
  return found;
}

Status validate(const Options& options) {
  Options copy = options;
  for (const auto& row : table())
    if (auto status = check_range(row, copy); !status) return status;
  if (const auto found = disagreements(options); !found.empty())
    return fail(Code::invalid, std::string(found.front().path) + " " + found.front().message);
  return {};
}

std::string options_markdown() {
  const Options defaults;
  std::string page =
      "# Options and their defaults\n\n"
      "Every setting of a tracker, printed from the table in `core/config/options_table.cpp`; a test "
      "compares this\n"
      "page with it. To print it again: `HOLDFAST_REGENERATE=1 ctest --test-dir build/dev -R "
      "DefaultsPage`.\n\n"
      "Durations take `ns us ms s m h`, sizes `B KiB MiB GiB TiB`.\n\n"
      "| option | default | range | purpose |\n|---|---|---|---|\n";
  for (const auto& row : table()) {
    const std::string value = option_text(row, defaults);
    page += "| `" + std::string(row.path) + "` | " + (value.empty() ? "(none)" : value) + " | " +
            option_range(row) + " | " + std::string(row.help) + " |\n";
  }
  return page;
}

}  // namespace holdfast::config
