// Puts a run's results into a directory: result.json, timeline.csv and, with a twin, twin.csv.
//
//   if (auto written = write_result_files(result, "out/disk-full"); !written) ...
//
// Each file is written beside its name and then renamed, so that a reader sees all of it or none.
// Fails with the error of the file system; the directory is made when absent.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "simulator/oracle/evaluate.h"

namespace holdfast::oracle {

Status write_result_files(const RunResult& result, const std::string& directory);

// One file, whole or not at all.
Status write_whole_file(const std::string& path, std::string_view text);

}  // namespace holdfast::oracle
