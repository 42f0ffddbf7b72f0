#include "simulator/scenario/scenario_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/temporary_directory.h"

namespace holdfast::scenario {
namespace {

namespace fs = std::filesystem;

class ScenarioFiles : public testing::Test {
 protected:
  std::string make(const std::string& name) {
    const fs::path path = root_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << "{}";
    return path.string();
  }
  TemporaryDirectory directory_;
  fs::path root_ = directory_.path();
};

TEST_F(ScenarioFiles, ListsADirectoryInOrderAndLeavesOutSchemas) {
  const auto b = make("b/x.json"), a = make("a.json"), deep = make("b/c/d.json");
  make("schema/scenario.schema.json");
  make(".hidden/x.json");
  make("README.md");
  EXPECT_THAT(scenario_files(root_.string()).value(), testing::ElementsAre(a, deep, b));
}

TEST_F(ScenarioFiles, AFileIsItself) {
  const auto file = make("x.jsonc");
  EXPECT_THAT(scenario_files(file).value(), testing::ElementsAre(file));
}

TEST_F(ScenarioFiles, RefusesWhatIsNotThereOrEmpty) {
  EXPECT_EQ(scenario_files((root_ / "none").string()).error().code, Code::not_found);
  EXPECT_EQ(scenario_files(root_.string()).error().code, Code::not_found);
}

}  // namespace
}  // namespace holdfast::scenario
