#include "faultfs/model/power_cut.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>

namespace holdfast::faultfs {
namespace {

int undo(Volume& volume, const NameChange& change) {
  const NamedPlace place{change.directory, change.name, change.path};
  switch (change.kind) {
    case NameChange::made: return volume.remove(place);
    case NameChange::removed: return volume.bring_back(change.inode, place);
    case NameChange::exchanged: return volume.exchange_back(change);
    case NameChange::renamed: break;
  }
  const int error = volume.move_back(change);
  if (error != 0 || change.replaced == 0) return error;
  return volume.bring_back(change.replaced, {change.to_directory, change.to_name, change.to_path});
}

template <class Entry>
void cap(std::vector<Entry>& list, std::uint64_t& left_out) {
  if (list.size() <= PowerCutReport::kMostListed) return;
  left_out += list.size() - PowerCutReport::kMostListed;
  list.resize(PowerCutReport::kMostListed);
}

}  // namespace

// Names first, since a file that is brought back lives on elsewhere.
PowerCutReport take_back(Volume& volume, const PowerCut& cut, std::uint64_t seed) {
  PowerCutReport report{.seed = seed, .kept_names = cut.kept_names, .lost_names = cut.names};
  const auto note = [&](const std::string& path, int error) {
    if (error != 0) report.failures.push_back(path + ": " + std::strerror(error));
  };
  for (const NameChange& change : cut.names) note(change.path, undo(volume, change));
  for (const FileUndo& file : cut.files) {
    const int error = volume.revert(file);
    if (error == ENOENT) continue;  // it is gone with its name
    note(file.path, error);
    report.files.push_back({file.path, file.kept, file.lost, file.torn, file.size});
  }
  std::ranges::reverse(report.lost_names);
  // Several may have had one path when they were first written to.
  std::ranges::sort(report.files, {},
                    [](const CutFile& file) { return std::tie(file.path, file.size, file.kept, file.lost); });
  cap(report.files, report.left_out);
  cap(report.lost_names, report.left_out);
  cap(report.kept_names, report.left_out);
  cap(report.failures, report.left_out);
  return report;
}

}  // namespace holdfast::faultfs
