#include "simulator/oracle/result_files.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "simulator/oracle/result_json.h"
#include "simulator/oracle/timeline.h"

namespace holdfast::oracle {

Status write_whole_file(const std::string& path, std::string_view text) {
  const std::string draft = path + ".part";
  std::FILE* file = std::fopen(draft.c_str(), "wbe");
  if (file == nullptr) return fail(error_of_errno(errno, "create " + draft));
  const bool complete = std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int write_error = errno;
  if (std::fclose(file) != 0 || !complete)
    return fail(error_of_errno(complete ? errno : write_error, "write " + draft));
  if (std::rename(draft.c_str(), path.c_str()) != 0) return fail(error_of_errno(errno, "rename " + draft));
  return {};
}

Status write_result_files(const RunResult& result, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return fail(error_of_errno(error.value(), "create " + directory));
  auto json = result_json(result);
  if (!json) return fail(json.error());
  if (auto written = write_whole_file(directory + "/result.json", *json); !written) return written;
  if (auto written = write_whole_file(directory + "/timeline.csv", timeline_csv(result.run)); !written)
    return written;
  if (result.twin == nullptr) return {};
  return write_whole_file(directory + "/twin.csv", timeline_csv(*result.twin));
}

}  // namespace holdfast::oracle
