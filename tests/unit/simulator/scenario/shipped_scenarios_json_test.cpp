// The scenarios that ship, and the published schema beside the parser.
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "core/config/options_table.h"
#include "faultfs/model/fault_plan_json.h"
#include "simulator/scenario/check.h"
#include "simulator/scenario/names.h"
#include "simulator/scenario/parse_json.h"
#include "simulator/scenario/scenario_files.h"
#include "simulator/scenario/scenario_keys.h"
#include "simulator/scenario/text_file.h"
#include "tests/unit/simulator/scenario/small_scenario.h"

namespace holdfast::scenario {
namespace {

using nlohmann::json;

const std::string kScenarios = HOLDFAST_SOURCE_DIR "/scenarios";

json read(const std::string& file) {
  const auto text = read_text_file(file);
  EXPECT_TRUE(text) << file;
  return json::parse(text.value_or("null"), nullptr, true, true);
}

const json& schema() {
  static const json document = read(kScenarios + "/schema/scenario.schema.json");
  return document;
}

// Empty when the document follows the schema, else what does not.
std::string violations(const json& document) {
  static const valijson::Schema& compiled = *[] {
    static valijson::Schema made;
    valijson::adapters::NlohmannJsonAdapter adapter(schema());
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(adapter, made);
    return &made;
  }();
  valijson::ValidationResults results;
  valijson::adapters::NlohmannJsonAdapter target(document);
  valijson::Validator validator;
  if (validator.validate(compiled, target, &results)) return "";
  std::string text;
  for (valijson::ValidationResults::Error error; results.popError(error);) text += error.description + "\n";
  return text.empty() ? "refused" : text;
}

// The schema of an object, with references followed.
const json& follow(const json& part) {
  if (!part.contains("$ref")) return part;
  return schema().at(json::json_pointer(part["$ref"].get<std::string>().substr(1)));
}

// The schema that stands at a pattern of the key table: "/phases/*/upstream/*".
const json& schema_at(std::string_view pattern) {
  const json* part = &schema();
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    const auto key = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(key.size());
    part = &follow(key == "*" ? part->at("items") : part->at("properties").at(std::string(key)));
  }
  return *part;
}

std::set<std::string> keys_in(const json& part) {
  std::set<std::string> keys;
  for (const auto& [key, value] : part.at("properties").items()) keys.insert(key);
  return keys;
}

template <class Names>
std::set<std::string> set_of(const Names& names) {
  return {std::begin(names), std::end(names)};
}

TEST(ShippedScenarios, CanBeReadJudgedAndFollowTheSchema) {
  const auto files = scenario_files(kScenarios);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_GE(files->size(), 4U);
  for (const auto& file : *files) {
    const auto scenario = load_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().message;
    EXPECT_EQ(error_of(check_scenario(*scenario)), "");
    EXPECT_EQ(violations(read(file)), "") << file;
    EXPECT_EQ(violations(json::parse(scenario->resolved_json)), "") << file;
    EXPECT_FALSE(scenario->why.empty()) << file;
    EXPECT_FALSE(scenario->expect.empty()) << file;
    EXPECT_EQ(scenario->name, std::filesystem::path(file).stem()) << "a scenario is named after its file";
  }
}

// What happens in a scenario, in the words of the five kinds that a gate must show LIVE.
std::set<std::string> kinds_of(const Scenario& scenario) {
  std::set<std::string> kinds;
  for (const auto& phase : scenario.phases) {
    for (const auto& rule : phase.disk.rules) {
      if (rule.effect.full) kinds.insert("no space");
      if (rule.effect.permission) kinds.insert("permission");
      if (rule.effect.corrupt) kinds.insert("corruption");
      if (rule.effect.latency) kinds.insert("latency");
    }
    for (const auto& rule : phase.upstream)
      if (rule.effect.outage) kinds.insert("outage");
  }
  return kinds;
}

TEST(ShippedScenarios, TheLiveTierIsSmallAndShowsEachKindOfFault) {
  const auto files = scenario_files(kScenarios);
  ASSERT_TRUE(files) << files.error().message;
  std::set<std::string> kinds;
  std::size_t count = 0;
  for (const auto& file : *files) {
    const auto scenario = load_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error().message;
    if (!scenario->live_tier) continue;
    ++count;
    kinds.merge(kinds_of(*scenario));
  }
  EXPECT_LE(count, 8U);
  EXPECT_EQ(kinds, (std::set<std::string>{"corruption", "latency", "no space", "outage", "permission"}));
}

TEST(ShippedScenarios, AreInTheCatalogue) {
  const std::string catalogue = read_text_file(kScenarios + "/README.md").value();
  const auto files = scenario_files(kScenarios);
  ASSERT_TRUE(files) << files.error().message;
  for (const auto& file : *files) {
    const std::string entry = std::filesystem::relative(file, kScenarios).replace_extension().string();
    EXPECT_NE(catalogue.find("| `" + entry + "` |"), std::string::npos) << entry;
  }
}

TEST(ScenarioSchema, HasTheKeysOfTheParser) {
  for (const auto& [pattern, keys] : scenario_keys()) {
    EXPECT_EQ(keys_in(schema_at(pattern)), set_of(keys)) << pattern;
    EXPECT_EQ(schema_at(pattern)["additionalProperties"], false) << pattern;
  }
}

TEST(ScenarioSchema, HasTheNamesOfTheParser) {
  EXPECT_EQ(set_of(schema_at("/load")["properties"]["arrival"]["enum"]), set_of(kArrivalNames));
  EXPECT_EQ(set_of(schema_at("/subject")["properties"]["kind"]["enum"]), set_of(kSubjectNames));
  EXPECT_EQ(set_of(schema_at("")["properties"]["tier"]["enum"]), set_of(kTierNames));
  EXPECT_EQ(set_of(schema_at("/phases/*/upstream/*/effect")["properties"]["outage"]["enum"]),
            set_of(kOutageNames));
  const json& effect = schema_at("/phases/*/upstream/*/effect")["properties"];
  EXPECT_EQ(set_of(effect["reset"]["enum"]), set_of(kResetNames));
  EXPECT_EQ(set_of(effect["answer"]["enum"]), set_of(kAnswerFaultNames));
}

void expect_option_keys(const json& part, const std::string& prefix) {
  auto keys = set_of(config::option_keys(prefix));
  if (prefix == "spool")  // the run fills these in
    for (const char* directory : {"directory", "backup_directory", "emergency_directory"})
      keys.erase(directory);
  if (prefix == "delivery") keys.erase("endpoint");
  EXPECT_EQ(keys_in(part), keys) << prefix;
  EXPECT_EQ(part["additionalProperties"], false) << prefix;
  for (const auto& key : keys) {
    const std::string path = prefix.empty() ? key : prefix + "." + key;
    if (!config::find_option(path)) expect_option_keys(part["properties"][key], path);
  }
}

TEST(ScenarioSchema, HasTheOptionsOfTheTable) { expect_option_keys(schema_at("/subject/options"), ""); }

// The fault plan's parser owns the keys of disk rules; its complaint about a stranger names them all.
TEST(ScenarioSchema, HasTheKeysOfDiskRules) {
  const auto expect_same = [](json rule, const char* object, std::string_view pattern) {
    rule[json::json_pointer(object)]["zzzzzz"] = 1;
    const auto refused = faultfs::rule_from_json(rule);
    ASSERT_FALSE(refused);
    const std::string& message = refused.error().message;
    std::set<std::string> named;
    for (auto at = message.find("allowed"); (at = message.find('"', at)) != message.npos;) {
      const auto end = message.find('"', at + 1);
      named.insert(message.substr(at + 1, end - at - 1));
      at = end + 1;
    }
    EXPECT_EQ(named, keys_in(schema_at(pattern))) << message;
  };
  const json rule = {{"name", "x"}, {"when", json::object()}, {"effect", {{"full", {{"left", "1MiB"}}}}}};
  expect_same(rule, "", "/phases/*/disk/*");
  expect_same(rule, "/when", "/phases/*/disk/*/when");
  expect_same(rule, "/effect", "/phases/*/disk/*/effect");
  expect_same(rule, "/effect/full", "/phases/*/disk/*/effect/full");
}

TEST(ScenarioSchema, RefusesWhatTheParserRefuses) {
  const json good = json::parse(kSmall);
  ASSERT_EQ(violations(good), "");
  const auto both_refuse = [&](const char* pointer, json value) {
    json bad = good;
    bad[json::json_pointer(pointer)] = std::move(value);
    EXPECT_NE(violations(bad), "") << pointer;
    EXPECT_FALSE(parse_scenario(bad.dump(), "bad.json")) << pointer;
  };
  both_refuse("/sede", 1);
  both_refuse("/version", 2);
  both_refuse("/name", "a b");
  both_refuse("/seeds", "1-2");
  both_refuse("/load/rate", 5);
  both_refuse("/load/arrival", "poison");
  both_refuse("/phases/0/for", "1 s");
  both_refuse("/phases/1/upstream/0/effect/latency", "1s");
  both_refuse("/phases/1/upstream/0/effect", json{{"slow", "1KB/s"}});
  both_refuse("/phases/1/upstream/0/effect", json{{"partial", 2}});
  both_refuse("/phases/1/upstream/0/effect", json{{"answer", "late"}});
  both_refuse("/phases/1/disk/0/effect/full/left", "1MB");
  both_refuse("/phases/1/process/0/kill", json::object());
  both_refuse("/phases/1/process/0/kill", json{{"operation", 0}});
  both_refuse("/phases/1/process/0/kill", json{{"at", "1s"}, {"operation", 1}});
  both_refuse("/expect/0", "retention.durable >=");
}

}  // namespace
}  // namespace holdfast::scenario
