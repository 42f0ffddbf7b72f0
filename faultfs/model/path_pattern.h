// A regular expression over whole paths, for rules that a glob cannot say.
//
//   auto pattern = PathPattern::compile("spool/[0-9]+\\.(seg|tmp)");
//   pattern->matches("spool/17.seg")
//
// Knows . [a-z] [^/] \d \w \s ( | ) * + ? and \ before a sign that is meant itself; the pattern is held
// against the whole path, so ^ and $ have nothing to add and are refused, and so are back references and
// counted repetition. Paths are bytes: a dot is one byte, of any kind.
//
// Matching takes time in proportion to the path, whatever the pattern: an automaton whose states are the
// signs of the pattern (Glushkov: "The abstract theory of automata", 1961), all followed at once, so
// there is nothing to go back to. No recursion, no allocation; safe from any thread. Compiled once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace holdfast::faultfs {

class PathPattern {
 public:
  static constexpr std::size_t kLongest = 250;  // signs of a pattern

  // Errors are Code::invalid and say at which character.
  static Result<PathPattern> compile(std::string_view text);

  bool matches(std::string_view path) const;
  const std::string& text() const { return text_; }

 private:
  struct Automaton;
  PathPattern(std::string text, std::shared_ptr<const Automaton> automaton)
      : text_(std::move(text)), automaton_(std::move(automaton)) {}

  std::string text_;
  std::shared_ptr<const Automaton> automaton_;  // shared by copies of a plan, never changed
};

}  // namespace holdfast::faultfs
