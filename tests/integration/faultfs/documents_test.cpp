// The documents of faultfs are true: its recipes print what stands below them, and its manual page names
// every command and option.
#include <algorithm>
#include <set>

#include "tests/integration/faultfs/mount_fixture.h"

namespace holdfast::faultfs {
namespace {

using testing::HasSubstr;

const std::string kCookbook = HOLDFAST_SOURCE_DIR "/docs/faultfs-cookbook.md";
const std::string kManual = HOLDFAST_SOURCE_DIR "/docs/man/faultfs.1";

struct Recipe {
  std::string title;
  std::string shell;
  std::string prints;
};

// Each heading with its block of shell and the block of text that follows.
std::vector<Recipe> recipes() {
  std::vector<Recipe> found;
  std::ifstream document(kCookbook);
  std::string* into = nullptr;
  for (std::string line; std::getline(document, line);) {
    if (into == nullptr && line.starts_with("## ")) found.push_back({.title = line.substr(3)});
    if (line == "```sh")
      into = &found.back().shell;
    else if (line == "```text")
      into = &found.back().prints;
    else if (line == "```")
      into = nullptr;
    else if (into != nullptr)
      *into += line + "\n";
  }
  return found;
}

// What the words print, with the built programs first on PATH.
std::string output_of(const std::string& shell, const std::string& directory, int& status) {
  std::ofstream(directory + "/.recipe") << shell;
  const std::string command = "cd '" + directory +
                              "' && PATH='" HOLDFAST_BINARY_DIR
                              "/bin':$PATH LC_ALL=C bash -eu .recipe > .output 2>&1 < /dev/null";
  status = std::system(command.c_str());
  return content_of(directory + "/.output");
}

class Cookbook : public testing::TestWithParam<Recipe> {};

INSTANTIATE_TEST_SUITE_P(Recipes, Cookbook, testing::ValuesIn(recipes()), [](const auto& named) {
  std::string name;
  for (const char sign : named.param.title)
    if (std::isalnum(static_cast<unsigned char>(sign)) != 0) name += sign;
  return name;
});

TEST_P(Cookbook, PrintsWhatStandsBelowIt) {
  if (auto able = fuse_available(); !able) GTEST_SKIP() << able.error().message;
  if (std::system("command -v jq > /dev/null") != 0) GTEST_SKIP() << "jq is not installed";
  const TemporaryDirectory place;
  std::filesystem::create_directory(place / "recipe");
  int status = -1;
  const std::string printed = output_of(GetParam().shell, place / "recipe", status);
  (void)abort_and_unmount(place / "recipe/faulty");  // of one that failed
  EXPECT_EQ(status, 0);
  EXPECT_EQ(printed, GetParam().prints);
}

TEST(Documents, TheCookbookHasRecipesAndEachPrintsSomething) {
  const auto all = recipes();
  EXPECT_GE(all.size(), 12U);
  for (const auto& recipe : all) {
    EXPECT_NE(recipe.shell, "") << recipe.title;
    EXPECT_NE(recipe.prints, "") << recipe.title;
  }
}

std::string help_of(const std::string& command) {
  const TemporaryDirectory place;
  int status = -1;
  const std::string text = output_of("faultfs " + command + " --help", place.path(), status);
  EXPECT_EQ(status, 0) << command;
  return text;
}

// The first words of the lines below "Commands:".
std::vector<std::string> commands() {
  std::vector<std::string> names;
  std::istringstream help(help_of(""));
  bool among = false;
  for (std::string line; std::getline(help, line);) {
    if (line == "Commands:")
      among = true;
    else if (line.empty())
      among = false;
    else if (among)
      names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

std::set<std::string> options_of(const std::string& command) {
  std::set<std::string> names;
  std::istringstream help(help_of(command));
  for (std::string line; std::getline(help, line);) {
    if (!line.starts_with("  -")) continue;
    const auto from = line.find("--") + 2;
    names.insert(line.substr(from, line.find(' ', from) - from));
  }
  return names;
}

// What the manual says of the command: from its heading to the next.
std::string section_of(const std::string& manual, const std::string& command) {
  const auto from = manual.find("\n.Ss faultfs " + command + "\n");
  if (from == std::string::npos) return {};
  const auto to = std::min(manual.find("\n.Ss ", from + 1), manual.find("\n.Sh ", from + 1));
  return manual.substr(from, std::min(to, manual.size()) - from);
}

TEST(Documents, TheManualPageNamesEveryCommandAndEveryOptionAndNoOther) {
  const std::string manual = content_of(kManual);
  const auto names = commands();
  EXPECT_GE(names.size(), 12U);
  for (const auto& command : names) {
    const std::string section = section_of(manual, command);
    ASSERT_NE(section, "") << command;
    std::set<std::string> told = {"help"};  // which every command has
    std::istringstream lines(section);
    for (std::string line; std::getline(lines, line);) {
      constexpr std::string_view kOption = ".It Fl -";
      if (line.starts_with(kOption))
        told.insert(line.substr(kOption.size(), line.find(' ', kOption.size()) - kOption.size()));
    }
    EXPECT_EQ(told, options_of(command)) << command;
  }
}

TEST(Documents, EveryCommandHasExamplesInItsHelp) {
  for (const auto& command : commands()) EXPECT_THAT(help_of(command), HasSubstr("Examples:\n  ")) << command;
}

TEST(Documents, TheManualPageIsWellFormed) {
  if (std::system("command -v groff > /dev/null") != 0) GTEST_SKIP() << "groff is not installed";
  const TemporaryDirectory place;
  int status = -1;
  EXPECT_EQ(output_of("groff -mdoc -ww -Tutf8 -z '" + kManual + "'", place.path(), status), "");
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace holdfast::faultfs
