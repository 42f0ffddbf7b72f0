// What a command prints and leaves behind, by --format LIST.
//
//   auto formats = parse_formats("text,json,junit,markdown");
//   Outputs outputs(*formats, out);
//   if (outputs.prints(Format::text)) ...             // the command's own words
//   code = worse(code, outputs.finish(result, json));
//
// The first format of the list goes to standard output. With a directory, json, junit and markdown are
// also written there, as gate.json (or runs.json), junit.xml and summary.md; without one the list has
// one format. On GitHub Actions the summary and the annotations are made whatever the formats.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "simulator/cli/exit_code.h"
#include "simulator/gate/gate.h"

namespace holdfast::cli {

enum class Format : std::uint8_t { text, json, junit, markdown };

// Code::invalid: an unknown format, one named twice, none.
Result<std::vector<Format>> parse_formats(std::string_view list);

class Outputs {
 public:
  // `json_name` is what the file of format json is called; `directory` "" for none.
  Outputs(std::vector<Format> formats, std::string directory, std::string json_name)
      : formats_(std::move(formats)), directory_(std::move(directory)), json_name_(std::move(json_name)) {}

  bool prints(Format format) const { return formats_.front() == format; }
  bool wants(Format format) const { return std::ranges::find(formats_, format) != formats_.end(); }
  // Nowhere to put all that was asked for.
  bool too_many() const { return directory_.empty() && formats_.size() > 1; }

  // Prints and writes all but text; `json` is the document of format json. What cannot be written is
  // said on standard error.
  ExitCode finish(const gate::GateResult& result, const std::string& json) const;

 private:
  ExitCode put(Format format, const std::string& text) const;
  std::string file_of(Format format) const;

  std::vector<Format> formats_;
  std::string directory_;
  std::string json_name_;
};

// GITHUB_ACTIONS: annotations, on standard output when that carries text. GITHUB_STEP_SUMMARY: appended.
ExitCode tell_github(const gate::GateResult& result, bool text_printed);

}  // namespace holdfast::cli
