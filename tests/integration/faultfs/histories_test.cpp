// Random histories against a pure model of a file tree. HOLDFAST_HISTORIES of them (300 unless given),
// drawn from HOLDFAST_SEED (1 unless given); one that differs is shrunk and printed.
#include <fmt/format.h>

#include "tests/integration/faultfs/file_history.h"
#include "tests/integration/faultfs/file_tree_model.h"
#include "tests/integration/faultfs/mount_fixture.h"
#include "tests/integration/faultfs/real_tree.h"

namespace holdfast::faultfs {
namespace {

constexpr int kSteps = 40;
constexpr std::size_t kShownBytes = 200;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string shown(const std::string& text) {
  std::string part = text.substr(0, kShownBytes);
  std::ranges::replace(part, '\0', '0');
  return text.size() <= kShownBytes ? part : part + fmt::format("... ({} bytes)", text.size());
}

class Histories : public MountTest {
 protected:
  std::optional<Difference> difference(const History& history, const std::string& directory) {
    FileTreeModel model;
    RealTree tree(directory);
    return first_difference(history, model, tree);
  }

  // The whole story of a history that differs, as short as it gets.
  std::string story(const History& history, const std::string& directory) {
    const auto fails = [&](const History& shorter) { return difference(shorter, directory).has_value(); };
    const History shortest = shrink(history, fails);
    const auto found = difference(shortest, directory);
    std::string text;
    for (const Step& step : shortest) text += "  " + to_text(step) + "\n";
    if (!found) return text + "  (not again)";
    return text + fmt::format("  {} expected: {}\n  found: {}",
                              found->step < shortest.size() ? "the last step" : "at the end",
                              shown(found->expected), shown(found->found));
  }

  void agree_with_the_model(const std::string& directory) {
    const auto seed = setting("HOLDFAST_SEED", 1);
    const auto count = setting("HOLDFAST_HISTORIES", 300);
    std::cout << fmt::format("{} histories of {} steps, seed {}\n", count, kSteps, seed);
    for (std::uint64_t i = 0; i < count; ++i) {
      auto random = Random(seed).stream(fmt::format("history {}", i));
      const History history = random_history(random, kSteps);
      ASSERT_FALSE(difference(history, directory)) << "seed " << seed << ", history " << i << ":\n"
                                                   << story(history, directory);
    }
  }
};

// So that a difference below is the mount's and not the model's.
TEST_F(Histories, AreAnsweredByAPlainDirectoryAsByTheModel) { agree_with_the_model(backing("history")); }

TEST_F(Histories, AreAnsweredByTheMountAsByTheModel) {
  mount();
  agree_with_the_model(mountpoint("history"));
}

TEST_F(Histories, AreAnsweredByTheMountWithAPageCacheAsByTheModel) {
  mount({"--page-cache"});
  agree_with_the_model(mountpoint("history"));
}

}  // namespace
}  // namespace holdfast::faultfs
