// Taking back what a power cut takes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "faultfs/fuse/bring_back.h"
#include "faultfs/fuse/durability.h"
#include "faultfs/fuse/file_bytes.h"
#include "faultfs/fuse/passthrough.h"

namespace holdfast::faultfs {
namespace {

int error_of(int result) { return result == 0 ? 0 : errno; }

}  // namespace

class Durability::Backing final : public Volume {
 public:
  Backing(Durability& owner, Faults& faults) : owner_(owner), pins_(owner.pins_), faults_(faults) {}

  int remove(const NamedPlace& place) override {
    const std::string there = DescriptorPath(pins_.descriptor(place.directory)).c_str() + ("/" + place.name);
    give_room_back(there, place.path);
    std::error_code error;
    const auto removed = std::filesystem::remove_all(there, error);
    return error ? error.value() : removed > 0 ? 0 : ENOENT;
  }

  // What is older refers to the inode that has the name now.
  int bring_back(std::uint64_t inode, const NamedPlace& place) override {
    struct stat before {
    }, status{};
    (void)::fstat(pins_.descriptor(inode), &before);
    Descriptor back =
        faultfs::bring_back(pins_.descriptor(inode), pins_.descriptor(place.directory), place.name.c_str());
    if (!back) return errno;
    if (::fstat(*back, &status) == 0) owner_.written_.moved(inode, space_id(key_of(status)));
    if (before.st_nlink == 0 || S_ISDIR(status.st_mode)) faults_.brought_back(seen(status, place.path));
    pins_.replace(inode, std::move(back));
    return 0;
  }

  int move_back(const NameChange& change) override {
    return error_of(::renameat2(pins_.descriptor(change.to_directory), change.to_name.c_str(),
                                pins_.descriptor(change.directory), change.name.c_str(), RENAME_NOREPLACE));
  }

  int exchange_back(const NameChange& change) override {
    return error_of(::renameat2(pins_.descriptor(change.directory), change.name.c_str(),
                                pins_.descriptor(change.to_directory), change.to_name.c_str(),
                                RENAME_EXCHANGE));
  }

  int revert(const FileUndo& file) override {
    const int descriptor = pins_.descriptor(file.inode);
    struct stat status {};
    if (::fstat(descriptor, &status) == 0 && status.st_nlink == 0) return ENOENT;
    const Reversal reversal{file.writes, file.size};
    const bool done = faultfs::revert(DescriptorPath(descriptor).c_str(), reversal);
    const int error = done ? 0 : errno;
    if (done) faults_.reverted(seen(status, file.path), reversal);
    const std::uint64_t inode = space_id(key_of(status));
    for (const auto& range : owner_.ledger_.unsynced(file.inode))
      owner_.written_.forget(inode, range.begin, range.end);
    return error;
  }

 private:
  Durability& owner_;
  InodePins& pins_;
  Faults& faults_;

  static SeenFile seen(const struct stat& status, const std::string& path) {
    return {space_id(key_of(status)), static_cast<std::uint64_t>(status.st_size), path, status.st_uid};
  }

  // Of what goes for good, with all that is below it.
  void give_room_back(const std::string& there, const std::string& path) {
    struct stat status {};
    if (::lstat(there.c_str(), &status) != 0) return;
    std::error_code error;
    if (S_ISDIR(status.st_mode))
      for (const auto& entry : std::filesystem::directory_iterator(there, error))
        give_room_back(entry.path(), path + "/" + entry.path().filename().string());
    if (!S_ISDIR(status.st_mode) && status.st_nlink > 1) return;
    if (S_ISREG(status.st_mode)) faults_.adopt(seen(status, path));
    faults_.removed(seen(status, path));
  }
};

PowerCutReport Durability::cut(std::uint64_t seed, const CutOptions& options, Faults& faults) {
  const std::lock_guard lock(mutex_);
  Backing backing(*this, faults);
  const PowerCut lost = ledger_.cut(seed, options);
  PowerCutReport report = take_back(backing, lost, seed);
  report.settled = settled_;
  note_durable(lost.kept_names);
  (void)ledger_.clear();
  sync_everything();
  settled_ = 0;
  return report;
}

}  // namespace holdfast::faultfs
