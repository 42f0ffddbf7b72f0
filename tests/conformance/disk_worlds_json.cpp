#include <fmt/format.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/conformance/disk_worlds.h"

namespace holdfast {

std::string decision_in(const std::string& text) {
  const auto line = nlohmann::json::parse(text);
  return fmt::format("{} {} {} {} {} {} {}", line["rule"].get<std::string>(), line["path"].get<std::string>(),
                     line.value("op", std::string("rest")), line["offset"].get<std::uint64_t>(),
                     line["decision"].get<std::string>(), line.value("damaged", nlohmann::json()).dump(),
                     line.value("pieces", nlohmann::json()).dump());
}

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

}  // namespace holdfast
