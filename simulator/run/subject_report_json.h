// What the subject's process tells the harness when it has closed, as a JSON file written whole.
#pragma once

#include <string>

#include "core/base/result.h"
#include "simulator/run/subject_report.h"

namespace holdfast::run {

Status write_report(const std::string& path, const SubjectReport& report);
Result<SubjectReport> read_report(const std::string& path);

}  // namespace holdfast::run
