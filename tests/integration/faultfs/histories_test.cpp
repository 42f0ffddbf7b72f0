// Random histories against a pure model of a file tree. HOLDFAST_HISTORIES of them (300 unless given),
// drawn from HOLDFAST_SEED (1 unless given); one that differs is shrunk and printed.
#include <fmt/format.h>

#include "faultfs/trial/promise_check.h"
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

TEST_F(Histories, AreAnsweredByTheMountWithAnAccountOfWhatIsUnsyncedAsByTheModel) {
  mount({"--power-cut"});
  agree_with_the_model(mountpoint("history"));
}

// Everything below, and the directory's own name.
void sync_tree(const std::string& directory) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
    if (entry.symlink_status().type() == std::filesystem::file_type::regular) {
      EXPECT_EQ(::fsync(*Opened(entry.path(), O_RDONLY)), 0);
    }
  std::vector<std::string> directories = {std::filesystem::path(directory).parent_path(), directory};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory))
    if (entry.symlink_status().type() == std::filesystem::file_type::directory)
      directories.push_back(entry.path());
  for (const auto& one : directories) EXPECT_EQ(::fsync(*Opened(one, O_RDONLY | O_DIRECTORY)), 0);
}

// Syncs come anywhere, and a cut takes what the seed draws: it never takes what was promised.
TEST_F(Histories, KeepEveryPromiseOverAPowerCut) {
  mount({"--power-cut"});
  std::uint64_t promised_bytes = 0;
  for (std::uint64_t i = 0; i < setting("HOLDFAST_HISTORIES", 300) / 2; ++i) {
    auto random = Random(setting("HOLDFAST_SEED", 1)).stream(fmt::format("promise {}", i));
    RealTree tree(mountpoint("history"));
    std::string steps;
    for (const Step& step : random_history(random, kSteps)) {
      steps += "  " + to_text(step) + "\n";
      (void)tree.answer(step);
      if (random.below(4) == 0) (void)::fsync(*Opened(mountpoint("history"), O_RDONLY | O_DIRECTORY));
    }
    if (random.below(2) == 0) (void)::fsync(*Opened(mountpoint(), O_RDONLY | O_DIRECTORY));
    const auto promise = control().promised();
    ASSERT_TRUE(promise) << promise.error().message;
    const auto report = control().cut_power({.seed = i});
    ASSERT_TRUE(report) << report.error().message;
    ASSERT_TRUE(report->failures.empty()) << report->failures[0];
    const auto broken = broken_promises(*promise, backing());
    ASSERT_TRUE(broken.empty()) << "history " << i << ": " << broken[0] << "\n" << steps;
    for (const auto& file : promise->files)
      for (const auto& run : file.runs) promised_bytes += run.end - run.offset;
  }
  EXPECT_GT(promised_bytes, 0U);
}

// Whatever happens after everything was synced, a power cut that takes all it may takes exactly that.
TEST_F(Histories, AreTakenBackByAPowerCutToWhatWasSynced) {
  mount({"--power-cut"});
  const PowerCutRequest worst = {.options = {.data = Fate::lost, .names = Fate::lost}};
  for (std::uint64_t i = 0; i < setting("HOLDFAST_HISTORIES", 300) / 2; ++i) {
    auto random = Random(setting("HOLDFAST_SEED", 1)).stream(fmt::format("cut {}", i));
    RealTree tree(mountpoint("history"));
    for (const Step& step : random_history(random, kSteps)) (void)tree.answer(step);
    sync_tree(mountpoint("history"));
    const std::string synced = tree.everything();
    History lost = random_history(random, kSteps);
    std::erase_if(lost, [](const Step& step) { return step.act == Act::sync; });
    for (const Step& step : lost) (void)tree.answer(step);
    const auto report = control().cut_power(worst);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->failures.empty()) << report->failures[0];
    std::string steps;
    for (const Step& step : lost) steps += "  " + to_text(step) + "\n";
    ASSERT_EQ(shown(tree.everything()), shown(synced)) << "history " << i << ":\n" << steps;
    ASSERT_EQ(tree.everything(), synced);
  }
}

}  // namespace
}  // namespace holdfast::faultfs
