#include "simulator/oracle/sync_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace holdfast::oracle {

namespace {

std::string normal(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path == "." ? "" : path);
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// What the disk is known to keep of one file or directory.
struct Node {
  std::optional<std::int64_t> named_ns;  // when its name was made; none: before the log began
  bool name_durable = true;
  std::uint64_t synced_end = 0;
  std::int64_t cut_ns = 0;  // the last truncation
  std::uint64_t cut_end = 0;
  std::map<std::uint64_t, std::uint64_t> given_up{};  // by failed syncs and not written again: begin -> end
};

// Of ranges, kept as begin -> end, what lies in [begin, end).
void take_away(std::map<std::uint64_t, std::uint64_t>& ranges, std::uint64_t begin, std::uint64_t end) {
  std::map<std::uint64_t, std::uint64_t> rest;
  for (const auto& [from, to] : ranges) {
    if (from < begin) rest[from] = std::min(to, begin);
    if (to > end) rest[std::max(from, end)] = to;
  }
  ranges = std::move(rest);
}

// The disk as the log tells it, one completed operation after the other.
class KnownDisk {
 public:
  void apply(const DiskEvent& event);
  // Why the claim does not hold now; nothing when it holds.
  std::optional<std::string> objection(const std::string& path, std::uint64_t begin, std::uint64_t end) const;

 private:
  std::map<std::string, Node> nodes_;

  std::map<std::string, Node> take_out(const std::string& from, const std::string& to, std::int64_t now);
  void rename(const DiskEvent& event);
  void sync_directory(const DiskEvent& event);
};

void KnownDisk::apply(const DiskEvent& event) {
  const std::string path = normal(event.path);
  switch (event.kind) {
    case DiskEvent::Kind::create:
    case DiskEvent::Kind::mkdir: nodes_[path] = Node{.named_ns = event.time_ns, .name_durable = false}; break;
    case DiskEvent::Kind::unlink: nodes_.erase(path); break;
    case DiskEvent::Kind::rename: rename(event); break;
    case DiskEvent::Kind::fsyncdir: sync_directory(event); break;
    case DiskEvent::Kind::fsync: {
      Node& node = nodes_[path];
      const bool cut_meanwhile = node.cut_ns >= event.start_ns;
      const auto end = cut_meanwhile ? std::min(event.end, node.cut_end) : event.end;
      if (event.begin <= node.synced_end) node.synced_end = std::max(node.synced_end, end);
      break;
    }
    case DiskEvent::Kind::truncate: {
      Node& node = nodes_[path];
      node.synced_end = std::min(node.synced_end, event.end);
      node.cut_ns = event.time_ns;
      node.cut_end = event.end;
      take_away(node.given_up, event.end, UINT64_MAX);
      break;
    }
    case DiskEvent::Kind::given_up: {
      Node& node = nodes_[path];
      take_away(node.given_up, node.synced_end, event.end);
      if (node.synced_end < event.end) node.given_up[node.synced_end] = event.end;
      break;
    }
    case DiskEvent::Kind::rewritten: take_away(nodes_[path].given_up, event.begin, event.end); break;
  }
}

// Takes out what `from` names and, for a directory, everything below it, as it will stand under
// `to`. Only the moved name itself is new.
std::map<std::string, Node> KnownDisk::take_out(const std::string& from, const std::string& to,
                                                std::int64_t now) {
  std::map<std::string, Node> moved;
  moved[to] = Node{};
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    const bool inside = at->first == from || at->first.starts_with(from + "/");
    if (inside) moved[to + at->first.substr(from.size())] = at->second;
    at = inside ? nodes_.erase(at) : std::next(at);
  }
  moved[to].named_ns = now;
  moved[to].name_durable = false;
  return moved;
}

// What the target named is gone, or has changed places.
void KnownDisk::rename(const DiskEvent& event) {
  const std::string from = normal(event.path), to = normal(event.to);
  auto moved = take_out(from, to, event.time_ns);
  auto replaced = take_out(to, from, event.time_ns);
  nodes_.merge(moved);
  if (event.exchange) nodes_.merge(replaced);
}

void KnownDisk::sync_directory(const DiskEvent& event) {
  const std::string directory = normal(event.path);
  for (auto& [path, node] : nodes_)
    if (!path.empty() && parent_of(path) == directory && node.named_ns && *node.named_ns <= event.start_ns)
      node.name_durable = true;
}

std::optional<std::string> KnownDisk::objection(const std::string& path, std::uint64_t begin,
                                                std::uint64_t end) const {
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return "the disk never synced this file";
  if (found->second.synced_end < end)
    return fmt::format("only the first {} bytes were synced", found->second.synced_end);
  for (const auto& [from, to] : found->second.given_up)
    if (from < end && to > begin)
      return fmt::format("bytes {} to {} were given up by a failed sync and not written again", from, to);
  for (std::string name = path; !name.empty(); name = parent_of(name)) {
    const auto node = nodes_.find(name);
    if (node != nodes_.end() && !node->second.name_durable)
      return fmt::format("the name {} was not yet synced in its directory", name);
  }
  return std::nullopt;
}

template <class Number>
bool take_number(std::string_view& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The last word, taken off the end of the line with the space before it.
std::string_view take_last_word(std::string_view& line) {
  const auto space = line.rfind(' ');
  if (space == std::string_view::npos) return {};
  const auto word = line.substr(space + 1);
  line = line.substr(0, space);
  return word;
}

bool whole_number(std::string_view word, std::uint64_t& number) {
  return !word.empty() && take_number(word, number) && word.empty();
}

// "7:152,8:240": references, each with the end of its frame.
bool take_frames(std::string_view word, DurabilityClaim& claim) {
  while (!word.empty()) {
    std::uint64_t reference = 0, end = 0;
    if (!take_number(word, reference) || !word.starts_with(':')) return false;
    word.remove_prefix(1);
    if (!take_number(word, end) || (!word.empty() && !word.starts_with(','))) return false;
    if (!word.empty()) word.remove_prefix(1);
    claim.references.push_back(reference);
    claim.ends.push_back(end);
  }
  return true;
}

std::optional<DurabilityClaim> parse_claim(std::string_view line) {
  DurabilityClaim claim;
  if (!take_number(line, claim.time_ns) || !line.starts_with(' ')) return std::nullopt;
  line.remove_prefix(1);
  auto end = take_last_word(line);
  if (end.contains(':')) {
    if (!take_frames(end, claim)) return std::nullopt;
    end = take_last_word(line);
  }
  const auto begin = take_last_word(line);
  if (!whole_number(begin, claim.begin) || !whole_number(end, claim.end)) return std::nullopt;
  if (line.empty() || claim.begin > claim.end) return std::nullopt;
  claim.path = normal(line);
  return claim;
}

}  // namespace

Result<std::vector<DurabilityClaim>> parse_claims(std::string_view text) {
  std::vector<DurabilityClaim> claims;
  std::size_t number = 0;
  for (auto newline = text.find('\n'); newline != std::string_view::npos; newline = text.find('\n')) {
    ++number;
    const auto line = text.substr(0, newline);
    text.remove_prefix(newline + 1);
    auto claim = parse_claim(line);
    if (!claim) return fail(Code::corrupted, fmt::format("claims log, line {}: not a claim", number));
    claims.push_back(std::move(*claim));
  }
  return claims;
}

ClaimAudit audit_claims(std::vector<DiskEvent> disk, std::vector<DurabilityClaim> claims,
                        std::int64_t start_ns) {
  std::ranges::stable_sort(disk, {}, &DiskEvent::time_ns);
  std::ranges::stable_sort(claims, {}, &DurabilityClaim::time_ns);
  KnownDisk known;
  ClaimAudit audit;
  auto next = disk.begin();
  for (const auto& claim : claims) {
    for (; next != disk.end() && next->time_ns <= claim.time_ns; ++next) known.apply(*next);
    ++audit.checked;
    if (auto reason = known.objection(normal(claim.path), claim.begin, claim.end))
      audit.failed.push_back(
          {claim.path, claim.begin, claim.end, Duration(claim.time_ns - start_ns), *reason});
  }
  return audit;
}

}  // namespace holdfast::oracle
