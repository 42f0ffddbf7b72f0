#include "tests/integration/faultfs/file_history.h"

#include <fmt/format.h>

#include <algorithm>

namespace holdfast::faultfs {
namespace {

constexpr const char* kActs[kActCount] = {
    "create",   "open",       "close",         "read",    "write",    "append", "store",  "copy",
    "punch",    "truncate",   "truncate_path", "sync",    "mkdir",    "rmdir",  "unlink", "rename",
    "exchange", "rename_new", "link",          "symlink", "readlink", "look",   "list"};
constexpr std::uint32_t kMostOffset = 20'000;  // a few pages

std::string random_path(RandomStream& random) {
  std::string path;
  do {
    if (!path.empty()) path += '/';
    path += static_cast<char>('a' + random.below(3));
  } while (path.size() < 5 && random.below(5) < 2);
  return path;
}

bool moves_bytes(Act act) {
  return act == Act::read || act == Act::write || act == Act::store || act == Act::copy || act == Act::punch;
}

// Leaves out `length` steps from `begin` on.
History without(const History& history, std::size_t begin, std::size_t length) {
  History rest(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(begin));
  const auto end = std::min(begin + length, history.size());
  rest.insert(rest.end(), history.begin() + static_cast<std::ptrdiff_t>(end), history.end());
  return rest;
}

// Each simpler form of one step.
std::vector<Step> simpler(const Step& step) {
  std::vector<Step> forms;
  const auto with = [&](auto change) {
    Step form = step;
    change(form);
    forms.push_back(std::move(form));
  };
  if (step.offset > 0) with([](Step& form) { form.offset = 0; });
  if (step.offset > 1) with([](Step& form) { form.offset /= 2; });
  if (step.size > 1) with([](Step& form) { form.size = 1; });
  if (step.size > 1) with([](Step& form) { form.size /= 2; });
  if (step.slot > 0) with([](Step& form) { form.slot = 0; });
  if (step.path.size() > 1) with([](Step& form) { form.path.resize(form.path.size() - 2); });
  if (step.to.size() > 1) with([](Step& form) { form.to.resize(form.to.size() - 2); });
  return forms;
}

}  // namespace

std::string to_text(const Step& step) {
  std::string text = fmt::format("{} {}", kActs[static_cast<std::size_t>(step.act)], step.path);
  switch (step.act) {
    case Act::rename:
    case Act::exchange:
    case Act::rename_new:
    case Act::link: return text + " to " + step.to;
    case Act::symlink: return text + " to be " + step.to;
    case Act::create:
    case Act::open: return text + fmt::format(" in slot {}", step.slot);
    case Act::append: return text + fmt::format(", {} x '{}'", step.size, step.letter);
    case Act::truncate_path: return text + fmt::format(" to {}", step.size);
    default: break;
  }
  if (step.act >= Act::mkdir) return text;
  text = fmt::format("{} slot {}", kActs[static_cast<std::size_t>(step.act)], step.slot);
  if (step.act == Act::truncate) return text + fmt::format(" to {}", step.size);
  if (moves_bytes(step.act)) text += fmt::format(", {} bytes at {}", step.size, step.offset);
  if (step.act == Act::write || step.act == Act::store) text += fmt::format(", '{}'", step.letter);
  return text;
}

History random_history(RandomStream& random, int steps) {
  History history;
  for (int i = 0; i < steps; ++i) {
    Step step;
    step.act = static_cast<Act>(random.below(kActCount));
    step.slot = static_cast<int>(random.below(kSlots));
    step.path = random_path(random);
    step.to = random_path(random);
    step.offset = static_cast<std::uint32_t>(random.below(kMostOffset));
    step.size = 1 + static_cast<std::uint32_t>(random.below(kMostOffset / 2));
    step.letter = static_cast<char>('a' + random.below(26));
    history.push_back(std::move(step));
  }
  return history;
}

std::optional<Difference> first_difference(const History& history, Answerer& model, Answerer& disk) {
  for (std::size_t i = 0; i < history.size(); ++i) {
    auto expected = model.answer(history[i]);
    auto found = disk.answer(history[i]);
    if (expected != found) return Difference{i, std::move(expected), std::move(found)};
  }
  auto expected = model.everything();
  auto found = disk.everything();
  if (expected == found) return std::nullopt;
  return Difference{history.size(), std::move(expected), std::move(found)};
}

History shrink(History history, const std::function<bool(const History&)>& fails) {
  for (std::size_t length = history.size(); length > 0; length /= 2) {
    for (std::size_t begin = 0; begin < history.size();) {
      auto shorter = without(history, begin, length);
      if (fails(shorter)) {
        history = std::move(shorter);
      } else {
        begin += length;
      }
    }
  }
  for (std::size_t i = 0; i < history.size(); ++i) {
    const auto forms = simpler(history[i]);
    for (const Step& form : forms) {
      History changed = history;
      changed[i] = form;
      if (!fails(changed)) continue;
      history = std::move(changed);
      --i;  // once more: the simpler form has simpler ones
      break;
    }
  }
  return history;
}

}  // namespace holdfast::faultfs
