#include "faultfs/cli/status_text_json.h"

#include <nlohmann/json.hpp>

#include "faultfs/cli/table.h"

namespace holdfast::faultfs::cli {
namespace {

using nlohmann::json;

std::string number_in(const json& from, const char* key) {
  return std::to_string(from.at(key).get<std::uint64_t>());
}

std::string rules_of(const json& status) {
  if (status.at("rules").empty()) return "no rule is armed\n";
  Table table({"rule", "fired", "what"});
  for (const auto& rule : status.at("rules"))
    table.add({rule.at("name").get<std::string>(), number_in(rule, "fired"), rule.at("effect").dump()});
  return table.text();
}

std::string operations_of(const json& status) {
  if (status.at("operations").empty()) return {};
  Table table({"operation", "count", "errors", "delayed", "bytes"});
  for (const auto& [name, seen] : status.at("operations").items())
    table.add({name, number_in(seen, "count"), number_in(seen, "errors"), number_in(seen, "delayed"),
               number_in(seen, "bytes")});
  return "\n" + table.text();
}

// What is worth a word only when it is so.
std::string notes_of(const json& status) {
  std::string notes;
  if (status.at("delayed") > 0) notes += number_in(status, "delayed") + " requests are held right now\n";
  if (status.contains("space_left")) notes += number_in(status, "space_left") + " bytes are left\n";
  if (status.contains("inodes_left")) notes += number_in(status, "inodes_left") + " inodes are left\n";
  if (status.at("lost_log_lines") > 0)
    notes += number_in(status, "lost_log_lines") + " lines of the logs could not be written\n";
  if (status.contains("passthrough") && status.at("passthrough").at("bypassing") > 0)
    notes += number_in(status.at("passthrough"), "bypassing") + " open files bypass the rules\n";
  return notes.empty() ? notes : "\n" + notes;
}

}  // namespace

std::string status_for_people(const std::string& json_text) {
  const json status = json::parse(json_text);
  return status.at("source").get<std::string>() + " at " + status.at("mountpoint").get<std::string>() +
         ", process " + number_in(status, "pid") + ", seed " + number_in(status, "seed") + "\n\n" +
         rules_of(status) + operations_of(status) + notes_of(status);
}

}  // namespace holdfast::faultfs::cli
