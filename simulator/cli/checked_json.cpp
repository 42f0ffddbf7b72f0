#include "simulator/cli/checked_json.h"

#include <nlohmann/json.hpp>
#include <sstream>

namespace holdfast::cli {

std::string checked_json(const std::vector<CheckedFile>& files) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& [file, problems] : files) {
    auto lines = nlohmann::ordered_json::array();
    std::istringstream text(problems);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    json.push_back({{"file", file}, {"ok", problems.empty()}, {"problems", std::move(lines)}});
  }
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace holdfast::cli
