// Reads the members of a JSON object into plain values, and collects what is wrong with them, so
// that a person sees all mistakes of a document at once.
//
//   Problems problems;
//   ObjectReader load(document["load"], "/load", problems);
//   load.allow({"producers", "rate"});                     // every other key is a problem
//   load.count("producers", producers, {1, 1024});         // absent: the value stays as it was
//
// A problem carries the JSON pointer (RFC 6901) of what is wrong; the reader of the document turns
// it into a place. The object and the problems outlive the reader. Not thread-safe.
#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"

namespace holdfast::config {

struct Problem {
  std::string pointer;  // "/load/rate"
  bool at_key = false;  // the key is wrong, not its value
  std::string message;  // "found ...; allowed: ..."
};
using Problems = std::vector<Problem>;

std::string pointer_to(std::string_view parent, std::string_view key);
std::string pointer_to(std::string_view parent, std::size_t index);

// What stands there, for messages: `the text "5"`, `the number 5`, `an object`.
std::string describe(const nlohmann::json& value);

template <class T>
struct Range {
  T min, max;
};

class ObjectReader {
 public:
  // When `object` is none, that is a problem, and every member counts as absent.
  ObjectReader(const nlohmann::json& object, std::string pointer, Problems& problems);

  void allow(std::span<const std::string_view> keys);

  // The member, or nullptr. require() makes its absence a problem.
  const nlohmann::json* find(std::string_view key) const;
  const nlohmann::json* require(std::string_view key);

  // Each leaves `out` alone and answers false when the member is absent or wrong.
  bool text(std::string_view key, std::string& out);
  bool count(std::string_view key, std::uint64_t& out, Range<std::uint64_t> range);
  bool duration(std::string_view key, Duration& out, Range<Duration> range);
  bool size(std::string_view key, std::uint64_t& out, Range<std::uint64_t> range);
  bool rate(std::string_view key, double& out, Range<double> range);    // "2000/s"
  bool number(std::string_view key, double& out, Range<double> range);  // 0.25
  bool flag(std::string_view key, bool& out);                           // true or false
  // One of a few names; gives its index.
  std::optional<std::size_t> choice(std::string_view key, std::span<const std::string_view> names);

  // The member as an object or array to read on; nullopt or nullptr when absent or wrong.
  std::optional<ObjectReader> object(std::string_view key);
  const nlohmann::json* array(std::string_view key);

  void problem(std::string_view key, std::string message);  // with the member's value
  void problem_here(std::string message);                   // with the object as a whole
  const std::string& pointer() const { return pointer_; }
  Problems& problems() const { return *problems_; }

 private:
  const nlohmann::json* object_;
  std::string pointer_;
  Problems* problems_;

  bool refuse(std::string_view key, const nlohmann::json& found, std::string_view allowed);
};

}  // namespace holdfast::config
