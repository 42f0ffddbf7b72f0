// Random histories of operations on a small tree of files, what they must answer, and what a real
// directory answers.
//
//   const History history = random_history(stream, 40);
//   if (auto found = first_difference(history, directory)) ... shrink(history, fails) ...
//
// Few names and small sizes, so that the operations of a history meet each other. An answer is text: an
// error's name, a number, bytes or names. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.h"

namespace holdfast::faultfs {

enum class Act : std::uint8_t {
  create,  // a slot then holds the open file
  open,
  close,
  read,
  write,
  append,
  store,  // through shared memory
  copy,   // from the slot to the next one
  punch,
  truncate,
  truncate_path,
  sync,
  mkdir,
  rmdir,
  unlink,
  rename,
  exchange,
  rename_new,  // RENAME_NOREPLACE
  link,
  symlink,
  readlink,
  look,
  list,
};
inline constexpr int kActCount = 23;
inline constexpr int kSlots = 3;

struct Step {
  Act act = Act::look;
  int slot = 0;
  std::string path = "a";
  std::string to = "a";  // the other path, or a symlink's target
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  char letter = 'a';  // what is written
};
using History = std::vector<Step>;

std::string to_text(const Step& step);
History random_history(RandomStream& random, int steps);

// The answers of something to a history, step by step.
class Answerer {
 public:
  virtual ~Answerer() = default;
  virtual std::string answer(const Step& step) = 0;
  // Everything that is there: each path with its kind and content.
  virtual std::string everything() = 0;
};

struct Difference {
  std::size_t step;  // history.size(): in what was there at the end
  std::string expected;
  std::string found;
};
std::optional<Difference> first_difference(const History& history, Answerer& model, Answerer& disk);

// The shortest history found, by leaving out and simplifying steps, that still fails.
History shrink(History history, const std::function<bool(const History&)>& fails);

}  // namespace holdfast::faultfs
