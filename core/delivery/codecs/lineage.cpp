#include "core/delivery/codecs/lineage.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/base/check.h"
#include "core/delivery/codecs/json_text.h"

namespace holdfast::delivery {

namespace {

// More than the names, punctuation and numbers of one element ever take, its strings aside.
constexpr std::size_t kMaxElement = 320;

constexpr std::array<std::pair<std::string_view, ElementResult>, 4> kWords{{
    {"accepted", ElementResult::accepted},
    {"duplicate", ElementResult::duplicate},
    {"retry", ElementResult::retry},
    {"rejected", ElementResult::rejected},
}};

std::optional<ElementResult> result_of(std::string_view word) {
  for (const auto& [name, result] : kWords)
    if (name == word) return result;
  return std::nullopt;
}

std::size_t max_size(std::span<const DeliveryRecord> records) {
  std::size_t size = 2;
  for (const auto& [key, record] : records)
    size += kMaxElement + JsonText::max_string(record.model.size()) +
            JsonText::max_string(record.provider.size()) + JsonText::max_string(record.operation.size());
  return size;
}

void write(JsonText& text, const DeliveryRecord& delivery) {
  const auto& [key, record] = delivery;
  text.raw("{\"key\":\"").hex16(key.epoch).raw("-").number(key.sequence);
  text.raw("\",\"reference\":").number(record.reference);
  text.raw(",\"time\":").number(record.time_ns);
  text.raw(",\"model\":").string(record.model);
  text.raw(",\"provider\":").string(record.provider);
  text.raw(",\"operation\":").string(record.operation);
  text.raw(",\"input_tokens\":").number(record.input_tokens);
  text.raw(",\"output_tokens\":").number(record.output_tokens);
  text.raw(",\"latency_us\":").number(record.latency_us);
  text.raw(",\"cost_nanousd\":").number(record.cost_nanousd);
  text.raw("}");
}

std::size_t write_all(char* at, std::span<const DeliveryRecord> records) {
  JsonText text(at);
  text.raw("[");
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i > 0) text.raw(",");
    write(text, records[i]);
  }
  text.raw("]");
  return static_cast<std::size_t>(text.position() - at);
}

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// The answer in its usual spelling, without a space: read in one pass. Anything else, right or
// wrong, is left to the full parser.
std::optional<std::vector<ElementResult>> scan(std::string_view text, std::size_t count) {
  std::vector<ElementResult> results;
  results.reserve(count);
  if (!skip(text, "{\"results\":[")) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    if (!skip(text, i == 0 ? "\"" : ",\"")) return std::nullopt;
    const auto word = text.substr(0, text.find('"'));
    const auto result = result_of(word);
    if (!result) return std::nullopt;
    results.push_back(*result);
    text.remove_prefix(word.size());
    if (!skip(text, "\"")) return std::nullopt;
  }
  if (text != "]}") return std::nullopt;
  return results;
}

std::unexpected<Error> corrupted(std::string_view what) {
  return fail(Code::corrupted, fmt::format("the upstream's answer cannot be read: {}", what));
}

Result<std::vector<ElementResult>> parse(const std::string& body, std::size_t count) {
  const auto answer = nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (answer.is_discarded()) return corrupted("it is not JSON");
  if (!answer.is_object()) return corrupted("it is not an object");
  const auto found = answer.find("results");
  if (found == answer.end() || !found->is_array()) return corrupted("it has no array 'results'");
  if (found->size() != count)
    return corrupted(fmt::format("it has {} results for {} records", found->size(), count));
  std::vector<ElementResult> results;
  results.reserve(count);
  for (const auto& word : *found) {
    const auto* text = word.get_ptr<const std::string*>();
    const auto result = text ? result_of(*text) : std::nullopt;
    if (!result) return corrupted(fmt::format("result {} is none of the four words", results.size()));
    results.push_back(*result);
  }
  return results;
}

}  // namespace

Request LineageCodec::encode(std::span<const DeliveryRecord> records, std::uint64_t batch,
                             std::uint32_t attempt) const {
  Request request;
  request.method = "POST";
  request.target = kLineageTarget;
  request.batch = batch;
  request.attempt = attempt;
  request.elements.reserve(records.size());
  for (const auto& [key, record] : records) request.elements.push_back({key, record.reference});
  request.body.resize_and_overwrite(max_size(records), [&](char* at, std::size_t size) {
    const std::size_t written = write_all(at, records);
    HOLDFAST_CHECK(written <= size, "an encoded batch fits the bound computed for it");
    return written;
  });
  return request;
}

Result<std::vector<ElementResult>> LineageCodec::decode(const Response& response, std::size_t count) const {
  if (auto results = scan(response.body, count)) return std::move(*results);
  return parse(response.body, count);
}

Request LineageCodec::health_check() const {
  Request request;
  request.method = "GET";
  request.target = kHealthTarget;
  request.content_type.clear();
  return request;
}

}  // namespace holdfast::delivery
