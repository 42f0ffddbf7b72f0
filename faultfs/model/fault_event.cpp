#include "faultfs/model/fault_event.h"

#include <fmt/format.h>

#include "faultfs/model/fault_effect_json.h"
#include "faultfs/model/json_text.h"

namespace holdfast::faultfs {
namespace {

// "[[0,512],[1024,512]]".
std::string json_of(const std::vector<ByteRange>& ranges) {
  std::string text;
  for (const auto& [offset, size] : ranges)
    text += fmt::format("{}[{},{}]", text.empty() ? "" : ",", offset, size);
  return "[" + text + "]";
}

std::string json_of(const std::vector<Piece>& pieces) {
  std::string text;
  for (const auto& [offset, size, to] : pieces)
    text += fmt::format("{}[{},{},{}]", text.empty() ? "" : ",", offset, size, to);
  return "[" + text + "]";
}

}  // namespace

std::vector<ByteRange> FaultEvent::damaged() const {
  std::vector<ByteRange> ranges;
  for (const Damage& hit : damage) ranges.push_back({hit.offset, hit.size});
  ranges.insert(ranges.end(), harmed.begin(), harmed.end());
  return ranges;
}

namespace {

// What a replay needs besides.
std::string replay_of(const FaultEvent& event) {
  std::string text;
  if (event.ordinal > 0) text += fmt::format(R"(,"ordinal":{})", event.ordinal);
  if (!event.replayable) return text;
  text += R"(,"effect":)" + print_effect(event.replayable->effect);
  if (event.replayable->drawn) text += fmt::format(R"(,"drawn":"{:016x}")", *event.replayable->drawn);
  return text;
}

}  // namespace

std::string to_json_line(const FaultEvent& event, Time start) {
  std::string places;
  if (const auto damaged = event.damaged(); !damaged.empty()) places += R"(,"damaged":)" + json_of(damaged);
  if (event.pieces) places += R"(,"pieces":)" + json_of(*event.pieces);
  places += replay_of(event);
  return fmt::format(
      R"({{"n":{},"t":{},"rule":{},"pid":{},"path":{},"op":"{}","offset":{},"size":{},"decision":{},)"
      R"("order_dependent":{}{}}})",
      event.number, (event.time - start).count(), json_quoted(event.rule), event.caller_pid,
      json_quoted(event.path), event.operation ? to_string(*event.operation) : "rest", event.offset,
      event.size, json_quoted(event.decision), event.order_dependent, places);
}

}  // namespace holdfast::faultfs
