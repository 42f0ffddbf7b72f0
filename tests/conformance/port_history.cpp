#include "tests/conformance/port_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/crc32c.h"

namespace holdfast {
namespace {

constexpr const char* kActs[] = {
    "create",   "open",     "empty", "close", "read",           "write",
    "allocate", "truncate", "sync",  "size",  "make_directory", "remove_directory",
    "remove",   "rename",   "stat",  "list",  "sync_directory", "space"};
// How often each comes, in the same order.
constexpr std::uint64_t kWeights[] = {10, 8, 2, 6, 8, 20, 3, 5, 7, 1, 6, 5, 4, 8, 2, 2, 8, 2};
constexpr std::uint32_t kMostOffset = 9000;
constexpr std::uint32_t kMostBytes = 5000;

PortAct random_act(RandomStream& random) {
  std::uint64_t sum = 0;
  for (const auto weight : kWeights) sum += weight;
  std::uint64_t drawn = random.below(sum);
  std::size_t act = 0;
  while (drawn >= kWeights[act]) drawn -= kWeights[act++];
  return static_cast<PortAct>(act);
}

std::string random_path(RandomStream& random) {
  std::string path(1, static_cast<char>('a' + random.below(3)));
  if (random.below(5) < 2) path += std::string("/") + static_cast<char>('a' + random.below(2));
  return path;
}

template <class T>
std::string told(const Result<T>& result) {
  if (!result) return fmt::format("{} {}", to_string(result.error().code), result.error().os_error);
  if constexpr (std::is_integral_v<T>)
    return fmt::format("ok {}", *result);
  else
    return "ok";
}

std::string checksum(Bytes bytes) { return fmt::format("{:08x}", crc32c(bytes)); }

}  // namespace

std::string to_text(const PortStep& step) {
  const std::string name = kActs[static_cast<std::size_t>(step.act)];
  switch (step.act) {
    case PortAct::create:
    case PortAct::open:
    case PortAct::empty: return fmt::format("{} {} in slot {}", name, step.path, step.slot);
    case PortAct::close:
    case PortAct::sync:
    case PortAct::size: return fmt::format("{} slot {}", name, step.slot);
    case PortAct::read:
    case PortAct::allocate:
      return fmt::format("{} slot {}, {} bytes at {}", name, step.slot, step.size, step.offset);
    case PortAct::write:
      return fmt::format("write slot {}, {} bytes {:02x} at {}", step.slot, step.size, step.letter,
                         step.offset);
    case PortAct::truncate: return fmt::format("truncate slot {} to {}", step.slot, step.offset);
    case PortAct::rename: return fmt::format("rename {} to {}", step.path, step.to);
    default: return name + " " + step.path;
  }
}

std::string to_text(const PortHistory& history) {
  std::string text;
  for (const auto& step : history) text += "  " + to_text(step) + "\n";
  return text;
}

PortHistory random_port_history(RandomStream& random, std::size_t steps) {
  PortHistory history;
  for (std::size_t i = 0; i < steps; ++i) {
    PortStep step;
    step.act = random_act(random);
    step.slot = static_cast<int>(random.below(PortStep::kSlots));
    step.path = random_path(random);
    step.to = random_path(random);
    step.offset = static_cast<std::uint32_t>(random.below(kMostOffset));
    step.size = 1 + static_cast<std::uint32_t>(random.below(kMostBytes));
    step.letter = static_cast<std::uint8_t>(i + 1);
    history.push_back(std::move(step));
  }
  return history;
}

PortHistory part_of(const PortHistory& history, const std::vector<std::size_t>& chosen) {
  PortHistory part;
  for (const auto at : chosen) part.push_back(history[at]);
  return part;
}

PortPlayer::PortPlayer(FileSystem& files, std::string root) : files_(files), root_(std::move(root)) {
  (void)files_.make_directory(root_);
  (void)files_.sync_directory(root_ + "/..");
}

std::string PortPlayer::answer(const PortStep& step) {
  const std::string path = root_ + "/" + step.path;
  switch (step.act) {
    case PortAct::create: return open(step, OpenMode::creating());
    case PortAct::open: return open(step, OpenMode::updating());
    case PortAct::empty: return open(step, {.write = true, .create = true, .truncate = true});
    case PortAct::close:
    case PortAct::read:
    case PortAct::write:
    case PortAct::allocate:
    case PortAct::truncate:
    case PortAct::sync:
    case PortAct::size: {
      const auto slot = static_cast<std::size_t>(step.slot);
      if (slots_[slot] == nullptr) return "no file";
      std::string text = on_slot(step, *slots_[slot]);
      if (step.act == PortAct::close) slots_[slot].reset();
      return text;
    }
    default: return on_path(step, path);
  }
}

// A slot that is taken is left as it is.
std::string PortPlayer::open(const PortStep& step, OpenMode mode) {
  auto& slot = slots_[static_cast<std::size_t>(step.slot)];
  if (slot != nullptr) return "taken";
  auto file = files_.open(root_ + "/" + step.path, mode);
  std::string text = told(file);
  if (file) slot = std::move(*file);
  return text;
}

std::string PortPlayer::on_slot(const PortStep& step, File& file) {
  switch (step.act) {
    case PortAct::close: return told(file.close());
    case PortAct::write:
      return told(file.write_at(step.offset, ByteBuffer(step.size, static_cast<std::byte>(step.letter))));
    case PortAct::allocate: return told(file.allocate(step.offset, step.size));
    case PortAct::truncate: return told(file.truncate(step.offset));
    case PortAct::sync: return told(step.size % 2 == 0 ? file.sync() : file.sync_data());
    case PortAct::size: return told(file.size());
    default: break;
  }
  // Of a read nobody is to ask beyond the end: how often then is not the same everywhere.
  const std::uint64_t size = file.size().value_or(0);
  if (size == 0) return "empty";
  const std::uint64_t offset = step.offset % size;
  ByteBuffer bytes(std::min<std::uint64_t>(step.size, size - offset));
  const auto got = file.read_at(offset, bytes);
  return told(got) + (got ? " " + checksum(Bytes(bytes).first(*got)) : "");
}

std::string PortPlayer::on_path(const PortStep& step, const std::string& path) {
  switch (step.act) {
    case PortAct::make_directory: return told(files_.make_directory(path));
    case PortAct::remove_directory: return told(files_.remove_directory(path));
    case PortAct::remove: return told(files_.remove(path));
    case PortAct::rename: return told(files_.rename(path, root_ + "/" + step.to));
    case PortAct::sync_directory: return told(files_.sync_directory(step.size % 2 == 0 ? root_ : path));
    case PortAct::stat: {
      const auto stat = files_.stat(path);
      return stat ? fmt::format("ok {} {}", stat->is_directory ? 0 : stat->size, stat->is_directory)
                  : told(stat);
    }
    case PortAct::space: {
      // Where nothing limits it, it is the machine's.
      const auto space = files_.space(path);
      if (!space) return told(space);
      return fmt::format("ok {} {}", std::min<std::uint64_t>(space->free_bytes, 1 << 20),
                         std::min<std::uint64_t>(space->free_inodes, 1000));
    }
    default: break;
  }
  const auto names = files_.list(path);
  if (!names) return told(names);
  std::string text = "ok";
  for (const auto& name : *names) text += " " + name;
  return text;
}

void PortPlayer::close_all() {
  for (auto& slot : slots_)
    if (slot != nullptr) (void)std::exchange(slot, nullptr)->close();
}

FoundTree PortPlayer::everything() {
  FoundTree tree;
  find_below("", tree);
  return tree;
}

void PortPlayer::find_below(const std::string& path, FoundTree& tree) {
  for (const auto& name : files_.list(root_ + path).value_or(std::vector<std::string>{})) {
    const std::string below = path + "/" + name;
    const auto stat = files_.stat(root_ + below);
    if (!stat) continue;
    auto& found = tree[below.substr(1)];
    found.is_directory = stat->is_directory;
    if (found.is_directory)
      find_below(below, tree);
    else if (const auto bytes = read_file(files_, root_ + below, 1 << 20))
      found.bytes = as_text(*bytes);
  }
}

void PortPlayer::clean_up() {
  close_all();
  remove_below(root_);
  (void)files_.remove_directory(root_);
  (void)files_.sync_directory(root_ + "/..");
}

void PortPlayer::remove_below(const std::string& path) {
  for (const auto& name : files_.list(path).value_or(std::vector<std::string>{})) {
    const std::string below = path + "/" + name;
    if (files_.remove(below)) continue;
    remove_below(below);
    (void)files_.remove_directory(below);
  }
}

// Of a file its runs of letters.
std::string to_text(const FoundTree& tree) {
  std::string text;
  for (const auto& [path, found] : tree) {
    text += "  " + path + (found.is_directory ? "/" : ":");
    for (std::size_t at = 0; at < found.bytes.size();) {
      const auto end = std::min(found.bytes.find_first_not_of(found.bytes[at], at), found.bytes.size());
      text += fmt::format(" {}x{:02x}", end - at, static_cast<unsigned char>(found.bytes[at]));
      at = end;
    }
    text += "\n";
  }
  return text;
}

}  // namespace holdfast
