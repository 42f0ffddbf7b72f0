#include "faultfs/control/protocol_json.h"

#include <algorithm>
#include <array>

#include "core/base/nearest.h"
#include "faultfs/model/coverage_json.h"
#include "faultfs/model/fault_plan_json.h"
#include "faultfs/model/fault_trigger_json.h"
#include "faultfs/model/latency_json.h"

namespace holdfast::faultfs {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 11> kVerbs = {"load",      "clear",    "status",   "log",
                                                     "stop",      "restore",  "coverage", "trace",
                                                     "power_cut", "unsynced", "promised"};

// Paths may hold bytes that are no UTF-8; they must not make an answer impossible.
std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

Result<json> object_of(std::string_view line) {
  auto value = json::parse(line, nullptr, false);
  if (value.is_discarded() || !value.is_object()) return fail(Code::invalid, "the line is no JSON object");
  return value;
}

Result<Verb> verb_of(const json& request) {
  const auto found = request.find("command");
  if (found == request.end() || !found->is_string()) {
    return fail(Code::invalid, "a request needs \"command\": one of " + quoted_list(kVerbs));
  }
  const auto name = found->get<std::string>();
  const auto verb = std::ranges::find(kVerbs, name);
  if (verb == kVerbs.end()) {
    return fail(Code::invalid, "unknown command \"" + name + "\"" + allowed_names(name, kVerbs));
  }
  return static_cast<Verb>(verb - kVerbs.begin());
}

json json_of(const PassthroughStatus& status) {
  json value = {{"mode", status.mode},
                {"handles", status.handles},
                {"bypassing", status.bypassing},
                {"refused", status.refused}};
  if (!status.reason.empty()) value["reason"] = status.reason;
  return value;
}

json json_of(const ReloadStatus& reload) {
  json value = {{"times", reload.times}};
  if (!reload.error.empty()) value["error"] = reload.error;
  return value;
}

json json_of(const std::map<std::string, OperationCount>& operations) {
  json value = json::object();
  for (const auto& [name, seen] : operations)
    value[name] = {
        {"count", seen.count}, {"errors", seen.errors}, {"bytes", seen.bytes}, {"delayed", seen.delayed}};
  return value;
}

json json_of(const MountStatus& status) {
  json rules = json::array();
  for (const auto& rule : status.plan.rules) {
    json entry = to_json(rule);
    const auto fired = status.fired_by_rule.find(rule.name);
    entry["fired"] = fired == status.fired_by_rule.end() ? 0 : fired->second;
    rules.push_back(std::move(entry));
  }
  json value = {{"pid", status.pid},
                {"source", status.source},
                {"mountpoint", status.mountpoint},
                {"seed", status.seed},
                {"rules", std::move(rules)},
                {"fired", status.fired},
                {"operations", json_of(status.operations)},
                {"delayed", status.delayed},
                {"inodes", status.inodes},
                {"lost_log_lines", status.lost_log_lines}};
  if (!status.fault_log.empty()) value["fault_log"] = status.fault_log;
  if (!status.sync_log.empty()) value["sync_log"] = status.sync_log;
  if (status.space_left) value["space_left"] = *status.space_left;
  if (status.inodes_left) value["inodes_left"] = *status.inodes_left;
  if (status.passthrough.mode != "off") value["passthrough"] = json_of(status.passthrough);
  if (status.reload.times > 0) value["reload"] = json_of(status.reload);
  return value;
}

}  // namespace

std::string print_request(const Request& request) {
  json value = {{"command", kVerbs[static_cast<std::size_t>(request.verb)]}};
  if (request.verb == Verb::load) value["plan"] = to_json(request.plan);
  if (request.verb == Verb::power_cut) value.update(to_json(request.cut));
  if (auto when = to_json(request.when); !when.empty()) value["when"] = std::move(when);
  return text_of(value);
}

Result<Request> parse_request(std::string_view line) {
  auto value = object_of(line);
  if (!value) return fail(value.error());
  auto verb = verb_of(*value);
  if (!verb) return fail(verb.error());
  Request request{*verb};
  if (request.verb == Verb::power_cut) {
    const auto cut = power_cut_request_from_json(*value);
    if (!cut) return fail(cut.error());
    request.cut = *cut;
  }
  if (request.verb == Verb::trace && value->contains("when")) {
    auto when = trigger_from_json(value->at("when"), "/when");
    if (!when) return fail(Code::invalid, when.error().pointer + ": " + when.error().message);
    request.when = *std::move(when);
  }
  if (request.verb == Verb::load) {
    if (!value->contains("plan")) return fail(Code::invalid, "\"load\" needs \"plan\"");
    auto plan = plan_from_json(value->at("plan"), "/plan");
    if (!plan) return fail(Code::invalid, plan.error().pointer + ": " + plan.error().message);
    request.plan = *std::move(plan);
    const auto no_files = [](const std::string& file) {
      return Result<std::string>(fail(Code::invalid, "the daemon reads no files, and so not \"" + file +
                                                         "\"; list the durations in its place"));
    };
    const auto samples = read_samples(request.plan.rules, "/plan/rules", no_files);
    if (!samples) return fail(Code::invalid, samples.error().pointer + ": " + samples.error().message);
  }
  return request;
}

std::string print_done(const std::string& warning) {
  json value = {{"ok", true}};
  if (!warning.empty()) value["warning"] = warning;
  return text_of(value);
}

std::string print_restored(std::uint64_t places) { return text_of({{"ok", true}, {"restored", places}}); }

std::string print_status_answer(const MountStatus& status) {
  return text_of({{"ok", true}, {"status", json_of(status)}});
}

std::string print_log_answer(const std::string& file, const std::vector<std::string>& lines) {
  if (!file.empty()) return text_of({{"ok", true}, {"file", file}});
  // The newest lines that fit with room to spare for their quoting.
  std::size_t bytes = 0;
  auto first = lines.end();
  while (first != lines.begin() && bytes + 2 * std::prev(first)->size() < kLongestAnswer / 2) {
    bytes += 2 * (--first)->size();
  }
  return text_of({{"ok", true}, {"lines", std::vector<std::string>(first, lines.end())}});
}

std::string print_coverage_answer(const CoverageReport& report) {
  return text_of({{"ok", true}, {"coverage", to_json(report)}});
}

std::string print_power_cut_answer(const PowerCutReport& report) {
  return text_of({{"ok", true}, {"power_cut", to_json(report)}});
}

std::string print_unsynced_answer(const UnsyncedReport& report) {
  return text_of({{"ok", true}, {"unsynced", to_json(report)}});
}

std::string print_promise_answer(const Promise& promise) {
  return text_of({{"ok", true}, {"promise", to_json(promise)}});
}

std::string print_trace_answer(const TraceLines& trace) {
  return text_of({{"ok", true}, {"lines", trace.lines}, {"dropped", trace.dropped}});
}

std::string print_failure(const Error& error) { return text_of({{"ok", false}, {"error", error.message}}); }

Result<Answer> parse_answer(std::string_view line) {
  const auto value = object_of(line);
  if (!value) return fail(Code::corrupted, "faultfs answered something else than a JSON object");
  try {
    if (!value->at("ok").get<bool>()) return fail(Code::invalid, value->at("error").get<std::string>());
    Answer answer;
    if (value->contains("status")) {
      answer.status = value->at("status").dump(2, ' ', false, json::error_handler_t::replace);
    }
    if (value->contains("coverage")) {
      auto coverage = coverage_from_json(value->at("coverage"));
      if (!coverage) return fail(coverage.error());
      answer.coverage = *std::move(coverage);
    }
    if (value->contains("power_cut")) {
      auto report = power_cut_from_json(value->at("power_cut"));
      if (!report) return fail(report.error());
      answer.power_cut = *std::move(report);
    }
    if (value->contains("unsynced")) {
      auto report = unsynced_from_json(value->at("unsynced"));
      if (!report) return fail(report.error());
      answer.unsynced = *std::move(report);
    }
    if (value->contains("promise")) {
      auto promise = promise_from_json(value->at("promise"));
      if (!promise) return fail(promise.error());
      answer.promise = *std::move(promise);
    }
    answer.dropped = value->value("dropped", std::uint64_t{0});
    answer.restored = value->value("restored", std::uint64_t{0});
    answer.file = value->value("file", std::string());
    answer.warning = value->value("warning", std::string());
    answer.lines = value->value("lines", std::vector<std::string>());
    return answer;
  } catch (const json::exception& error) {
    return fail(Code::corrupted, std::string("faultfs answered what cannot be understood: ") + error.what());
  }
}

}  // namespace holdfast::faultfs
