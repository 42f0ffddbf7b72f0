// What `holdfast inspect --json` prints: one JSON object, a kind of directory in "kind".
#pragma once

#include <string>

#include "core/spool/inspect.h"
#include "core/usage/inspect.h"
#include "core/usage/summary.h"

namespace holdfast::cli {

std::string inspection_json(const spool::Inspection& inspection);
std::string inspection_json(const usage::Inspection& inspection, const usage::Summary& summary);

}  // namespace holdfast::cli
