#include "faultfs/fuse/kernel_passthrough.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "core/base/check.h"
#include "faultfs/fuse/node_table.h"

namespace holdfast::faultfs {
namespace {

std::string reason_of(int error) {
  switch (error) {
    case EOPNOTSUPP: return "this kernel offers no passthrough; 6.9 and later do";
    case EPERM: return "the kernel asks for CAP_SYS_ADMIN; mount as root";
    case ELOOP: return "the backing directory lies on a stacked file system (overlayfs, FUSE)";
    default: return std::string("the kernel refuses the backing file: ") + ::strerror(error);
  }
}

}  // namespace

KernelPassthrough::KernelPassthrough(PassthroughMode mode, std::string obstacle, KernelChannel& channel,
                                     IsMet is_met)
    : mode_(mode),
      hindered_(!obstacle.empty()),
      channel_(channel),
      is_met_(std::move(is_met)),
      reason_(mode == PassthroughMode::off ? std::string() : std::move(obstacle)) {
  if (mode_ == PassthroughMode::off) return;
  if (!hindered_) channel_.ask_for_passthrough();
  if (hindered_ && mode_ == PassthroughMode::on)
    std::fprintf(stderr, "faultfs: nothing is passed through: %s\n", reason_.c_str());
}

// Under one lock from looking at the rules to counting the handle: whoever arms first and counts then
// has every handle counted that was opened by the rules of before.
KernelPassthrough::Way KernelPassthrough::opened(const Node& node, bool may_begin) {
  if (mode_ == PassthroughMode::off || hindered_) return {};
  const std::lock_guard lock(mutex_);
  const bool is_met = is_met_(node);
  if (const auto known = backings_.find(&node); known != backings_.end()) {
    ++known->second.handles;
    return {known->second.number, is_met};
  }
  if (is_met || !may_begin) return {};
  const auto number = channel_.add_backing(node.descriptor());
  if (!number) {
    refuse(number.error());
    return {};
  }
  backings_.emplace(&node, Backing{*number, 1});
  return {*number, false};
}

void KernelPassthrough::closed(const Node& node) {
  const std::lock_guard lock(mutex_);
  const auto known = backings_.find(&node);
  HOLDFAST_CHECK(known != backings_.end(), "a handle with a backing is closed once");
  if (--known->second.handles > 0) return;
  channel_.remove_backing(known->second.number);
  backings_.erase(known);
}

void KernelPassthrough::refuse(int error) {
  if (++refused_ == 1 && mode_ == PassthroughMode::on)
    std::fprintf(stderr, "faultfs: files are not passed through: %s\n", reason_of(error).c_str());
  reason_ = reason_of(error);
}

std::uint64_t KernelPassthrough::bypassing() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t handles = 0;
  for (const auto& [node, backing] : backings_)
    if (is_met_(*node)) handles += backing.handles;
  return handles;
}

KernelPassthrough::Account KernelPassthrough::account() const {
  const std::lock_guard lock(mutex_);
  Account account{mode_, 0, refused_, reason_};
  for (const auto& [node, backing] : backings_) account.handles += backing.handles;
  return account;
}

}  // namespace holdfast::faultfs
