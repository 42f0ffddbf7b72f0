#include "faultfs/model/effects.h"

#include <algorithm>
#include <cerrno>

namespace holdfast::faultfs {
namespace {

// Nobody hears the answer to these, so a rule must name them to be asked about them.
bool is_unheard(Operation operation) {
  return operation == Operation::release || operation == Operation::releasedir;
}

// Changes names or attributes, which the kernel refuses on a read-only file system and to who may not.
bool changes_metadata(Operation operation) {
  switch (operation) {
    case Operation::create:
    case Operation::mkdir:
    case Operation::rmdir:
    case Operation::unlink:
    case Operation::rename:
    case Operation::link:
    case Operation::symlink:
    case Operation::mknod:
    case Operation::chmod:
    case Operation::chown:
    case Operation::utimens:
    case Operation::setattr:
    case Operation::setxattr:
    case Operation::removexattr: return true;
    default: return false;
  }
}

// The kernel reads extended attributes for its own use, too, while a file is written: they are no test.
bool needs_permission(const Call& call) {
  switch (call.operation) {
    case Operation::open:
    case Operation::opendir:
    case Operation::access: return true;
    case Operation::truncate: return !call.by_handle;
    default: return changes_metadata(call.operation);
  }
}

bool modifies(const Call& call) {
  switch (call.operation) {
    case Operation::open: return call.for_writing;
    case Operation::write:
    case Operation::truncate:
    case Operation::fallocate:
    case Operation::copy_file_range:
    case Operation::fsync:
    case Operation::fsyncdir: return true;
    default: return changes_metadata(call.operation);
  }
}

// What a directory answers to whoever takes it for a file.
int answer_of_directory(const Call& call, bool is_target) {
  if (is_target) return EISDIR;
  switch (call.operation) {
    case Operation::create: return call.exclusive ? EEXIST : EISDIR;
    case Operation::truncate: return call.by_handle ? 0 : EISDIR;
    case Operation::open:
    case Operation::unlink: return EISDIR;
    case Operation::mkdir:
    case Operation::symlink:
    case Operation::mknod:
    case Operation::link: return EEXIST;
    default: return 0;
  }
}

// Looks for something by its path, as far as the kernel still asks: an open descriptor goes on.
bool goes_by_name(const Call& call) { return call.operation == Operation::lookup || needs_permission(call); }

// What a file answers to whoever takes it for a directory: himself, or on the way to what was below.
int answer_of_file(const Call& call, bool is_below) {
  if (is_below) return goes_by_name(call) ? ENOTDIR : 0;
  switch (call.operation) {
    case Operation::opendir:
    case Operation::rmdir: return ENOTDIR;
    case Operation::mkdir: return EEXIST;
    default: return 0;
  }
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_below(const std::string& glob, std::string_view path) {
  for (path = parent_of(path); !path.empty(); path = parent_of(path))
    if (glob_matches(glob, path)) return true;
  return false;
}

bool targets(const Rule& rule, const Call& call) {
  return !call.target.empty() && rule.when.matches_path(call.target);
}

int answer_of_replaced(const Rule& rule, const Call& call) {
  const bool itself = glob_matches(rule.when.path, call.path);
  if (rule.effect.replaced->by == Kind::directory)
    return targets(rule, call) || itself ? answer_of_directory(call, targets(rule, call)) : 0;
  return answer_of_file(call, is_below(rule.when.path, call.path) || is_below(rule.when.path, call.target));
}

}  // namespace

bool acts_on(const Effect& effect, const Call& call) {
  if (effect.permission) return needs_permission(call);
  if (effect.read_only) return modifies(call);
  if (effect.corrupt)
    return (effect.corrupt->when == CorruptWhen::read && call.operation == Operation::read) ||
           (effect.corrupt->when == CorruptWhen::write && call.operation == Operation::write);
  if (effect.shortens) return call.operation == Operation::read || call.operation == Operation::write;
  if (effect.stale) return call.operation == Operation::read;
  if (effect.sync_failure) return call.operation == Operation::fsync;
  if (effect.diverts()) return call.operation == Operation::write;
  if (effect.throttle) return call.operation == Operation::read || call.operation == Operation::write;
  if (effect.error && !effect.error->unusual && !may_answer(call.operation, effect.error->error))
    return false;
  if (effect.hang && effect.hang->then != 0 && !may_answer(call.operation, effect.hang->then)) return false;
  return !is_unheard(call.operation);
}

bool may_meet(const Rule& rule, Operation operation) {
  if (rule.effect.at_rest()) return false;
  if (rule.effect.full)
    return operation == Operation::write || operation == Operation::fallocate ||
           makes_name({.operation = operation, .new_name = true});
  if (!rule.when.operations.empty())
    return std::ranges::find(rule.when.operations, operation) != rule.when.operations.end();
  return acts_on(rule.effect, {.operation = operation, .for_writing = true});
}

bool must_know(const Rule& rule, Operation operation) {
  return may_meet(rule, operation) || (rule.effect.keeps_old() && operation == Operation::write);
}

bool concerns(const Rule& rule, const Call& call) {
  if (rule.effect.replaced) return answer_of_replaced(rule, call) != 0;
  return rule.when.matches_path(call.path);
}

int answer_of(const Rule& rule, const Call& call) {
  if (rule.effect.error) return rule.effect.error->error;
  if (rule.effect.permission) return rule.effect.permission->error;
  if (rule.effect.read_only) return EROFS;
  if (rule.effect.disconnect) return ENOTCONN;
  if (rule.effect.replaced) return answer_of_replaced(rule, call);
  return 0;
}

Effect error_again(const Call& call, int error) {
  return {.error = ErrorEffect{error, !may_answer(call.operation, error)}};
}

bool makes_inode(Operation operation) {
  switch (operation) {
    case Operation::create:
    case Operation::mkdir:
    case Operation::symlink:
    case Operation::mknod: return true;
    default: return false;
  }
}

bool makes_name(const Call& call) {
  if (call.operation == Operation::rename || call.operation == Operation::link) return call.new_name;
  return makes_inode(call.operation);
}

}  // namespace holdfast::faultfs
