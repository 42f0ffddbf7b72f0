#include "simulator/scenario/parse_json.h"

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

#include "faultfs/model/json_positions_json.h"
#include "faultfs/model/latency_json.h"
#include "simulator/scenario/overrides_json.h"
#include "simulator/scenario/read_json.h"
#include "simulator/scenario/resolved_json.h"
#include "simulator/scenario/text_file.h"

namespace holdfast::scenario {
namespace {

constexpr std::size_t kMostReported = 20;

// Where the parts of a document came from: a place in the file, or an override.
class Origins {
 public:
  Origins(const std::string& file, const faultfs::PositionedJson& positions)
      : file_(file), positions_(positions) {}

  void add(Override override) { overrides_.push_back(std::move(override)); }

  // The last override that wrote the value at `pointer` or something around it.
  const Override* override_of(std::string_view pointer) const {
    for (auto it = overrides_.rbegin(); it != overrides_.rend(); ++it)
      if (pointer == it->pointer || pointer.starts_with(it->pointer + "/")) return &*it;
    return nullptr;
  }

  // For a key that only exists because an override passed through it: `laod` in --set laod.rate=1/s.
  const Override* maker_of(std::string_view pointer) const {
    if (positions_.keys.contains(pointer) || positions_.values.contains(pointer)) return nullptr;
    for (const auto& override : overrides_)
      if (override.pointer.starts_with(std::string(pointer) + "/")) return &override;
    return nullptr;
  }

  std::string describe(const config::Problem& problem) const {
    const Override* override = override_of(problem.pointer);
    if (override == nullptr) override = maker_of(problem.pointer);
    if (override != nullptr) return "--set " + override->path + ": " + problem.message;
    return to_string(file_, place_of(problem)) + ": " + problem.message;
  }

  faultfs::TextPlace place_of(const config::Problem& problem) const {
    return positions_.place_of(problem.pointer, problem.at_key);
  }
  std::size_t line_of(const std::string& pointer) const {
    return override_of(pointer) ? 0 : positions_.place_of(pointer, false).line;
  }

 private:
  const std::string& file_;
  const faultfs::PositionedJson& positions_;
  std::vector<Override> overrides_;
};

Error error_of(config::Problems problems, const Origins& origins) {
  std::ranges::stable_sort(problems, {}, [&](const auto& problem) { return origins.place_of(problem); });
  std::string message;
  for (std::size_t i = 0; i < std::min(problems.size(), kMostReported); ++i)
    message += (i == 0 ? "" : "\n") + origins.describe(problems[i]);
  if (problems.size() > kMostReported)
    message += "\nand " + std::to_string(problems.size() - kMostReported) + " more";
  return Error{Code::invalid, std::move(message)};
}

void locate(Scenario& scenario, const std::string& file, const Origins& origins) {
  scenario.file = file;
  for (std::size_t i = 0; i < scenario.phases.size(); ++i)
    scenario.phases[i].line = origins.line_of("/phases/" + std::to_string(i));
  for (std::size_t i = 0; i < scenario.expect.size(); ++i)
    scenario.expect[i].line = origins.line_of("/expect/" + std::to_string(i));
  scenario.subject.command_directory = std::filesystem::path(file).parent_path().string();
  if (!scenario.load.trace.empty() && origins.override_of("/load/trace") == nullptr) {
    const auto directory = std::filesystem::path(file).parent_path();
    scenario.load.trace = (directory / scenario.load.trace).lexically_normal().string();
  }
}

// The files of measured latencies that rules name, next to the scenario unless an override brought them in.
void read_latency_samples(Scenario& scenario, const std::string& file, const Origins& origins,
                          config::Problems& problems) {
  const auto directory = std::filesystem::path(file).parent_path();
  for (std::size_t i = 0; i < scenario.phases.size(); ++i) {
    const std::string pointer = "/phases/" + std::to_string(i) + "/disk";
    const auto read = [&](const std::string& name) {
      const bool beside = origins.override_of(pointer) == nullptr;
      return read_text_file(beside ? (directory / name).string() : name);
    };
    const auto status = faultfs::read_samples(scenario.phases[i].disk.rules, pointer, read);
    if (!status) problems.push_back({status.error().pointer, false, status.error().message});
  }
}

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, const std::string& file_name,
                                std::span<const std::string> overrides) {
  auto parsed = faultfs::parse_positioned(text, file_name);
  if (!parsed) return fail(parsed.error());
  Origins origins(file_name, *parsed);
  for (const auto& setting : overrides) {
    auto applied = apply_override(setting, parsed->document);
    if (!applied) return fail(applied.error());
    origins.add(std::move(*applied));
  }
  config::Problems problems;
  Scenario scenario = read_scenario(parsed->document, problems);
  if (problems.empty()) read_latency_samples(scenario, file_name, origins, problems);
  if (!problems.empty()) return fail(error_of(std::move(problems), origins));
  locate(scenario, file_name, origins);
  scenario.resolved_json = resolved_json(scenario);
  return scenario;
}

Result<Scenario> load_scenario(const std::string& file, std::span<const std::string> overrides) {
  const auto text = read_text_file(file);
  if (!text) return fail(text.error());
  return parse_scenario(*text, file, overrides);
}

}  // namespace holdfast::scenario
