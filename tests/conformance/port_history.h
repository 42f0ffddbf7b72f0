// Random histories of calls of the FileSystem port on a small tree of files, and what they answer.
//
//   const PortHistory history = random_port_history(stream, 60);
//   PortPlayer player(files, "/mnt/h1");                 // which makes that directory
//   for (const auto& step : history) text += player.answer(step);
//   player.everything()
//
// Few names and small sizes, so that the calls of a history meet each other. Each write writes one letter of
// its own, so that its bytes are known again wherever they are found. One thread, or fiber.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/env/file_system.h"

namespace holdfast {

enum class PortAct : std::uint8_t {
  create,  // exclusively; a slot then holds the open file
  open,
  empty,  // an open that cuts the file off
  close,
  read,
  write,
  allocate,
  truncate,
  sync,
  size,
  make_directory,
  remove_directory,
  remove,
  rename,
  stat,
  list,
  sync_directory,
  space,
};

struct PortStep {
  static constexpr int kSlots = 3;

  PortAct act = PortAct::stat;
  int slot = 0;
  std::string path = "a";
  std::string to = "a";
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  std::uint8_t letter = 0;  // of a write; no other write of the history has it, and it is not 0
};
using PortHistory = std::vector<PortStep>;

std::string to_text(const PortStep& step);
std::string to_text(const PortHistory& history);
// At most 255 steps.
PortHistory random_port_history(RandomStream& random, std::size_t steps);
// Only the chosen steps.
PortHistory part_of(const PortHistory& history, const std::vector<std::size_t>& chosen);

struct FoundFile {
  bool is_directory = false;
  std::string bytes{};
  friend bool operator==(const FoundFile&, const FoundFile&) = default;
};
using FoundTree = std::map<std::string, FoundFile>;  // by path below the root

class PortPlayer {
 public:
  PortPlayer(FileSystem& files, std::string root);

  // "ok", "ok 12", or the error: "io 5".
  std::string answer(const PortStep& step);
  // Opens and closes answer nothing here: faults may be armed.
  void close_all();
  FoundTree everything();
  // The directory is gone afterwards, durably.
  void clean_up();

 private:
  FileSystem& files_;
  std::string root_;
  std::array<std::unique_ptr<File>, PortStep::kSlots> slots_;

  std::string on_slot(const PortStep& step, File& file);
  std::string on_path(const PortStep& step, const std::string& path);
  std::string open(const PortStep& step, OpenMode mode);
  void find_below(const std::string& path, FoundTree& tree);
  void remove_below(const std::string& path);
};

std::string to_text(const FoundTree& tree);

}  // namespace holdfast
