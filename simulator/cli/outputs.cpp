#include "simulator/cli/outputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "core/base/nearest.h"
#include "simulator/gate/github.h"
#include "simulator/gate/junit.h"
#include "simulator/gate/table.h"
#include "simulator/oracle/result_files.h"

namespace holdfast::cli {
namespace {

constexpr std::string_view kFormatNames[] = {"text", "json", "junit", "markdown"};  // by value of Format

ExitCode complain(const Error& error) {
  std::cerr << "holdfast: " << error.message << "\n";
  return kInternal;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}  // namespace

Result<std::vector<Format>> parse_formats(std::string_view list) {
  std::vector<Format> formats;
  for (std::size_t at = 0; at <= list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    const auto name = list.substr(at, end - at);
    const auto found = std::ranges::find(kFormatNames, name);
    if (found == std::end(kFormatNames))
      return fail(Code::invalid,
                  fmt::format("--format: found \"{}\"{}", name, allowed_names(name, kFormatNames)));
    const auto format = static_cast<Format>(found - kFormatNames);
    if (std::ranges::find(formats, format) != formats.end())
      return fail(Code::invalid, fmt::format("--format: {} is named twice", name));
    formats.push_back(format);
    at = end + 1;
  }
  return formats;
}

ExitCode Outputs::finish(const gate::GateResult& result, const std::string& json) const {
  ExitCode code = kDone;
  for (const Format format : formats_) {
    switch (format) {
      case Format::text: break;
      case Format::json: code = worse(code, put(format, json)); break;
      case Format::junit: code = worse(code, put(format, gate::junit_xml(result))); break;
      case Format::markdown: code = worse(code, put(format, gate::format_markdown(result))); break;
    }
  }
  std::cout.flush();
  return worse(code, tell_github(result, prints(Format::text)));
}

ExitCode Outputs::put(Format format, const std::string& text) const {
  if (prints(format)) std::cout << text;
  if (directory_.empty()) return kDone;
  std::error_code problem;
  std::filesystem::create_directories(directory_, problem);
  if (problem) return complain(error_of_errno(problem.value(), "create " + directory_));
  if (auto written = oracle::write_whole_file(directory_ + "/" + file_of(format), text); !written)
    return complain(written.error());
  return kDone;
}

std::string Outputs::file_of(Format format) const {
  return format == Format::json ? json_name_ : format == Format::junit ? "junit.xml" : "summary.md";
}

ExitCode tell_github(const gate::GateResult& result, bool text_printed) {
  if (variable("GITHUB_ACTIONS") == "true")
    for (const auto& line : gate::annotations(result, variable("GITHUB_WORKSPACE")))
      (text_printed ? std::cout : std::cerr) << line << "\n";
  std::cout.flush();
  const std::string summary(variable("GITHUB_STEP_SUMMARY"));
  if (summary.empty()) return kDone;
  std::ofstream file(summary, std::ios::app);
  file << gate::job_summary(result) << "\n";
  file.close();
  return file ? kDone : complain({Code::io, "the job's summary cannot be appended to " + summary});
}

}  // namespace holdfast::cli
