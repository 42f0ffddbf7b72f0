#include "tests/conformance/crash_model.h"

#include <algorithm>

namespace holdfast {
namespace {

constexpr std::size_t kSector = 512;

// A sector as far as a file of this size has it; zeros beyond what a version held.
std::string sector_of(std::string version, std::size_t begin, std::size_t size) {
  version.resize(size);
  return version.substr(begin, kSector);
}

std::uint64_t number_in(const std::string& answer) {
  return answer.size() > 3 ? std::stoull(answer.substr(3)) : 0;
}

}  // namespace

CrashModel::CrashModel() { inodes_[kRoot].is_directory = true; }

int CrashModel::inode_in(const Place& place) const {
  const auto directory = inodes_.find(place.directory);
  if (directory == inodes_.end()) return kNobody;
  const auto found = directory->second.names.find(place.name);
  return found == directory->second.names.end() ? kNobody : found->second;
}

CrashModel::Place CrashModel::place_of(const std::string& path) const {
  const auto slash = path.find('/');
  if (slash == std::string::npos) return {kRoot, path};
  return {inode_in({kRoot, path.substr(0, slash)}), path.substr(slash + 1)};
}

int CrashModel::at(const std::string& path) const { return path.empty() ? kRoot : inode_in(place_of(path)); }

void CrashModel::change_name(const Place& place, int inode) {
  Inode& directory = inodes_[place.directory];
  auto& possible = directory.possible[place.name];
  possible.insert({inode_in(place), inode});
  if (inode == kNobody)
    directory.names.erase(place.name);
  else
    directory.names[place.name] = inode;
}

void CrashModel::lose(int inode) { durably_named_.erase(inode); }

void CrashModel::note(const PortStep& step, const std::string& answer) {
  const auto slot = static_cast<std::size_t>(step.slot);
  const bool is_sync = step.act == PortAct::sync;
  if (!answer.starts_with("ok")) {
    if (is_sync && slots_[slot] != kNobody) inodes_[slots_[slot]].sync_failed = true;
    return;
  }
  const Place place = place_of(step.path);
  switch (step.act) {
    case PortAct::create:
    case PortAct::open:
    case PortAct::empty: return note_open(step);
    case PortAct::close: slots_[slot] = kNobody; return;
    case PortAct::write:
    case PortAct::allocate:
    case PortAct::truncate: return note_change(step, number_in(answer));
    case PortAct::sync: {
      Inode& file = inodes_[slots_[slot]];
      if (!file.sync_failed) file.versions = {file.versions.back()};
      return;
    }
    case PortAct::make_directory: inodes_[next_].is_directory = true; return change_name(place, next_++);
    case PortAct::remove:
    case PortAct::remove_directory: lose(inode_in(place)); return change_name(place, kNobody);
    case PortAct::rename: {
      const Place to = place_of(step.to);
      const int moved = inode_in(place);
      if (moved == inode_in(to)) return;
      lose(inode_in(to));
      change_name(place, kNobody);
      return change_name(to, moved);
    }
    case PortAct::sync_directory: return note_directory_sync(step.size % 2 == 0 ? kRoot : at(step.path));
    default: return;
  }
}

void CrashModel::note_open(const PortStep& step) {
  const Place place = place_of(step.path);
  if (inode_in(place) == kNobody) {
    inodes_[next_];
    change_name(place, next_++);
  } else if (step.act == PortAct::empty) {
    inodes_[inode_in(place)].versions.emplace_back();
  }
  slots_[static_cast<std::size_t>(step.slot)] = inode_in(place);
}

void CrashModel::note_change(const PortStep& step, std::uint64_t done) {
  const int inode = slots_[static_cast<std::size_t>(step.slot)];
  Inode& file = inodes_[inode];
  std::string bytes = file.versions.back();
  if (step.act == PortAct::truncate) {
    bytes.resize(step.offset);
  } else {
    const std::size_t end = step.offset + (step.act == PortAct::write ? done : step.size);
    bytes.resize(std::max(bytes.size(), end));
    if (step.act == PortAct::write) bytes.replace(step.offset, done, done, static_cast<char>(step.letter));
  }
  if (step.act == PortAct::write) writer_of_[step.letter] = inode;
  file.versions.push_back(std::move(bytes));
}

void CrashModel::note_directory_sync(int directory) {
  inodes_[directory].possible.clear();
  anchor_below(kRoot);
}

void CrashModel::anchor_below(int directory) {
  const Inode& inode = inodes_.at(directory);
  for (const auto& [name, child] : inode.names) {
    if (inode.possible.contains(name)) continue;
    durably_named_.insert(child);
    anchor_below(child);
  }
}

std::string CrashModel::objection(const FoundTree& found) const {
  std::string text = object_to(kRoot, "", found);
  return text.empty() ? object_to_identities(found) : text;
}

// Each name that is there or may be there.
std::string CrashModel::object_to(int directory, const std::string& path, const FoundTree& found) const {
  const Inode& inode = inodes_.at(directory);
  std::set<std::string> names;
  for (const auto& [name, child] : inode.names) names.insert(name);
  for (const auto& [name, children] : inode.possible) names.insert(name);
  for (const auto& [below, file] : found)
    if (below.starts_with(path) && below.find('/', path.size()) == std::string::npos)
      names.insert(below.substr(path.size()));
  for (const auto& name : names) {
    const auto possible = inode.possible.find(name);
    const std::set<int> allowed =
        possible != inode.possible.end() ? possible->second : std::set{inode_in({directory, name})};
    const bool is_allowed =
        std::ranges::any_of(allowed, [&](int candidate) { return allows(candidate, path + name, found); });
    if (!is_allowed) return path + name + " is nothing that it may be";
  }
  return "";
}

bool CrashModel::allows(int inode, const std::string& path, const FoundTree& found) const {
  const auto there = found.find(path);
  if (inode == kNobody || there == found.end()) return (inode == kNobody) == (there == found.end());
  const Inode& candidate = inodes_.at(inode);
  if (candidate.is_directory != there->second.is_directory) return false;
  if (candidate.is_directory) return object_to(inode, path + "/", found).empty();
  return allows_bytes(candidate, there->second.bytes);
}

bool CrashModel::allows_bytes(const Inode& file, const std::string& bytes) {
  const auto& versions = file.versions;
  if (std::ranges::find(versions, bytes.size(), &std::string::size) == versions.end()) return false;
  for (std::size_t begin = 0; begin < bytes.size(); begin += kSector) {
    const std::string sector = bytes.substr(begin, kSector);
    const auto is_that = [&](const std::string& v) { return sector_of(v, begin, bytes.size()) == sector; };
    if (std::ranges::none_of(versions, is_that)) return false;
  }
  return true;
}

// By their letters, which only one file was given.
std::string CrashModel::object_to_identities(const FoundTree& found) const {
  std::map<int, std::string> places;
  for (const auto& [path, file] : found)
    for (const char letter : file.bytes) {
      const auto writer = writer_of_.find(static_cast<unsigned char>(letter));
      if (writer == writer_of_.end()) continue;
      const auto [place, fresh] = places.try_emplace(writer->second, path);
      if (!fresh && place->second != path) return path + " has what is in " + place->second;
    }
  for (const int inode : durably_named_) {
    const Inode& lost = inodes_.at(inode);
    if (lost.is_directory) continue;
    const bool is_there = std::ranges::any_of(found, [&](const auto& entry) {
      return !entry.second.is_directory && allows_bytes(lost, entry.second.bytes);
    });
    if (!is_there) return "a file that was durably named is under no name";
  }
  return "";
}

}  // namespace holdfast
