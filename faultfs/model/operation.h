// The operations that a rule can name: what a program asks of a file system, in the words of the
// system calls. FUSE requests and calls of the virtual disk are both mapped to these. Some go by a
// common name too: "reads", "writes", "names", "attributes", "syncs".
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace holdfast::faultfs {

enum class Operation : std::uint8_t {
  lookup,
  getattr,
  setattr,
  truncate,
  chmod,
  chown,
  utimens,
  access,
  readlink,
  create,
  open,
  read,
  write,
  flush,
  fsync,
  release,
  fallocate,
  copy_file_range,
  lseek,
  mkdir,
  rmdir,
  unlink,
  rename,
  link,
  symlink,
  mknod,
  opendir,
  readdir,
  fsyncdir,
  releasedir,
  statfs,
  lock,
  getxattr,
  setxattr,
  listxattr,
  removexattr,
};
inline constexpr std::size_t kOperationCount = 36;

std::string_view to_string(Operation operation);
std::optional<Operation> operation_from(std::string_view name);

// Operations that go by a common name.
struct OperationGroup {
  std::string_view name;
  std::span<const Operation> operations;
};
std::span<const OperationGroup> operation_groups();

// It has a place in the file: an offset and a size.
bool has_place(Operation operation);

class OperationSet {
 public:
  void add(Operation operation) { bits_ |= bit(operation); }
  bool contains(Operation operation) const { return (bits_ & bit(operation)) != 0; }
  bool overlaps(OperationSet other) const { return (bits_ & other.bits_) != 0; }
  std::uint64_t bits() const { return bits_; }
  static OperationSet of_bits(std::uint64_t bits) { return OperationSet(bits); }
  OperationSet() = default;
  OperationSet(std::initializer_list<Operation> operations) {
    for (const Operation operation : operations) add(operation);
  }

 private:
  explicit OperationSet(std::uint64_t bits) : bits_(bits) {}
  static std::uint64_t bit(Operation operation) {
    return std::uint64_t{1} << static_cast<unsigned>(operation);
  }
  std::uint64_t bits_ = 0;
};
static_assert(kOperationCount <= 64);

}  // namespace holdfast::faultfs
