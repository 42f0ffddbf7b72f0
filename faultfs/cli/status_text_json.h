// The state of a mount for people, from the JSON that the daemon gives.
#pragma once

#include <string>

namespace holdfast::faultfs::cli {

std::string status_for_people(const std::string& json_text);

}  // namespace holdfast::faultfs::cli
