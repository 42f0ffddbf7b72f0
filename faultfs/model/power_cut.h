// Taking back what a power cut takes, wherever the files are: in a backing directory or in memory.
//
//   const PowerCutReport report = take_back(volume, ledger.cut(seed, options), seed);
//
// The ledger's choice depends on the seed, on paths, and on what was done in which order, so that two volumes
// with the same history lose the same.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "faultfs/model/durability_ledger.h"

namespace holdfast::faultfs {

struct CutFile {
  std::string path;
  std::uint64_t kept = 0, lost = 0, torn = 0;
  std::uint64_t size = 0;  // after it
};

struct PowerCutReport {
  static constexpr std::size_t kMostListed = 10'000;

  std::uint64_t seed = 0;
  std::vector<CutFile> files;
  std::vector<NameChange> kept_names, lost_names;  // in order
  std::vector<std::string> failures;               // what could not be taken back, and why
  std::uint64_t left_out = 0;                      // entries beyond kMostListed of a list
  std::uint64_t settled = 0;
};

// A name, and how rules see it.
struct NamedPlace {
  std::uint64_t directory = 0;
  const std::string& name;
  const std::string& path;
};

// What can be done to the files, past all faults. Each answers 0 or an errno. The budgets of rules follow.
class Volume {
 public:
  virtual ~Volume() = default;
  // A name goes, with all that is below it: of a directory that was synced itself the names are durable, and
  // go with it.
  virtual int remove(const NamedPlace& place) = 0;
  // An inode that had lost this name has it again. What stands there is left, and the answer is EEXIST.
  virtual int bring_back(std::uint64_t inode, const NamedPlace& place) = 0;
  // The file of `change.to_name` has `change.name` again; EEXIST as above.
  virtual int move_back(const NameChange& change) = 0;
  virtual int exchange_back(const NameChange& change) = 0;
  // A file that has no name any more is left as it is, and the answer is ENOENT.
  virtual int revert(const FileUndo& file) = 0;
};

PowerCutReport take_back(Volume& volume, const PowerCut& cut, std::uint64_t seed);

}  // namespace holdfast::faultfs
