#include "faultfs/model/path_pattern.h"

#include <bit>
#include <bitset>
#include <utility>
#include <vector>

namespace holdfast::faultfs {
namespace automaton {

constexpr std::size_t kPositions = 256;  // more than signs in the longest pattern
static_assert(PathPattern::kLongest < kPositions);

class Positions {
 public:
  void add(std::size_t position) { words_[position / 64] |= std::uint64_t{1} << position % 64; }
  Positions& operator|=(const Positions& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  Positions& operator&=(const Positions& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  bool empty() const { return words_ == decltype(words_){}; }
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      for (std::uint64_t left = words_[i]; left != 0; left &= left - 1)
        visit(i * 64 + static_cast<std::size_t>(std::countr_zero(left)));
  }

 private:
  std::array<std::uint64_t, kPositions / 64> words_{};
};

using Signs = std::bitset<256>;  // the bytes that one place of a pattern takes

// What a part of the pattern may begin and end with, and whether it may be left out.
struct Part {
  Positions first;
  Positions last;
  bool may_be_empty = true;
};

}  // namespace automaton

using automaton::Part;
using automaton::Positions;
using automaton::Signs;

struct PathPattern::Automaton {
  Part whole;
  std::vector<Positions> next;             // by position
  std::array<Positions, 256> taking = {};  // by byte: the positions that take it
};

namespace {

Signs range(unsigned from, unsigned to) {
  Signs signs;
  for (unsigned c = from; c <= to; ++c) signs.set(c);
  return signs;
}

Signs one(char c) { return range(static_cast<unsigned char>(c), static_cast<unsigned char>(c)); }

// What an escaped letter stands for; a sign that is no letter or digit is meant itself.
Signs escaped(char c) {
  const Signs digits = range('0', '9');
  switch (c) {
    case 'd': return digits;
    case 'w': return digits | range('a', 'z') | range('A', 'Z') | one('_');
    case 's': return range('\t', '\r') | one(' ');
    default: break;
  }
  const bool known = (digits | range('a', 'z') | range('A', 'Z')).test(static_cast<unsigned char>(c));
  return known ? Signs{} : one(c);
}

// Recursive descent; each part enters its positions and what may follow what. The first error wins.
class Reader {
 public:
  Reader(std::string_view text, std::vector<Positions>& next, std::array<Positions, 256>& taking)
      : text_(text), next_(next), taking_(taking) {}

  Part read() {
    Part whole = choice();
    if (at_ < text_.size()) wrong("a ) closes nothing; write \\) for the sign itself");
    return whole;
  }
  const std::string& error() const { return error_; }

 private:
  std::string_view text_;
  std::vector<Positions>& next_;
  std::array<Positions, 256>& taking_;
  std::size_t at_ = 0;
  std::string error_;

  bool more() const { return error_.empty() && at_ < text_.size(); }
  bool meets(char c) const { return more() && text_[at_] == c; }
  void wrong(const std::string& what) {
    if (error_.empty()) error_ = "at character " + std::to_string(at_ + 1) + ": " + what;
  }

  Part choice() {
    Part all = sequence();
    while (meets('|')) {
      ++at_;
      const Part other = sequence();
      all.first |= other.first;
      all.last |= other.last;
      all.may_be_empty |= other.may_be_empty;
    }
    return all;
  }

  Part sequence() {
    Part all;
    while (more() && text_[at_] != '|' && text_[at_] != ')') {
      const Part then = repeated();
      follow(all.last, then.first);
      if (all.may_be_empty) all.first |= then.first;
      if (!then.may_be_empty) all.last = {};
      all.last |= then.last;
      all.may_be_empty &= then.may_be_empty;
    }
    return all;
  }

  Part repeated() {
    Part part = single();
    while (meets('*') || meets('+') || meets('?')) {
      const char how = text_[at_++];
      if (how != '?') follow(part.last, part.first);
      if (how != '+') part.may_be_empty = true;
    }
    return part;
  }

  Part single() {
    const char c = text_[at_];
    switch (c) {
      case '(': return group();
      case '[': return place(set());
      case '\\': return place(escape());
      case '.': ++at_; return place(Signs{}.set());
      case '*':
      case '+':
      case '?':
        wrong("there is nothing to repeat before it; write \\ before a sign that is meant itself");
        break;
      case '^':
      case '$': wrong("a pattern is held against the whole path, so it needs no ^ and no $"); break;
      case '{': wrong("counted repetition is not known; use *, + and ?, or \\{ for the sign itself"); break;
      default: ++at_; return place(one(c));
    }
    return {};
  }

  Part group() {
    ++at_;
    Part inside = choice();
    if (!meets(')')) {
      wrong("a ( is not closed");
      return {};
    }
    ++at_;
    return inside;
  }

  Signs escape() {
    ++at_;
    if (at_ == text_.size()) {
      wrong("a \\ at the end escapes nothing");
      return {};
    }
    const Signs signs = escaped(text_[at_]);
    if (signs.none()) wrong(R"(unknown escape; known are \d, \w, \s and a \ before any other sign)");
    ++at_;
    return signs;
  }

  Signs set() {
    ++at_;
    const bool excludes = meets('^');
    if (excludes) ++at_;
    Signs signs;
    do {
      if (!more()) break;
      signs |= member();
    } while (!meets(']'));
    if (!meets(']')) wrong("a [ is not closed");
    ++at_;
    return excludes ? ~signs : signs;
  }

  // One sign of a set, or a range of them.
  Signs member() {
    if (meets('\\')) return escape();
    const auto from = static_cast<unsigned char>(text_[at_++]);
    const bool is_range = meets('-') && at_ + 1 < text_.size() && text_[at_ + 1] != ']';
    if (!is_range) return range(from, from);
    const auto to = static_cast<unsigned char>(text_[at_ + 1]);
    if (to < from) wrong("a range runs backwards");
    at_ += 2;
    return range(from, to);
  }

  Part place(const Signs& signs) {
    const std::size_t position = next_.size();
    next_.emplace_back();
    for (std::size_t c = 0; c < signs.size(); ++c)
      if (signs.test(c)) taking_[c].add(position);
    Part part{.first = {}, .last = {}, .may_be_empty = false};
    part.first.add(position);
    part.last.add(position);
    return part;
  }

  void follow(const Positions& from, const Positions& to) {
    from.for_each([&](std::size_t position) { next_[position] |= to; });
  }
};

}  // namespace

Result<PathPattern> PathPattern::compile(std::string_view text) {
  if (text.empty() || text.size() > kLongest)
    return fail(Code::invalid, "a pattern has 1 to " + std::to_string(kLongest) + " characters; found " +
                                   std::to_string(text.size()));
  auto automaton = std::make_shared<Automaton>();
  Reader reader(text, automaton->next, automaton->taking);
  automaton->whole = reader.read();
  if (!reader.error().empty()) return fail(Code::invalid, reader.error());
  return PathPattern(std::string(text), std::move(automaton));
}

bool PathPattern::matches(std::string_view path) const {
  if (path.empty()) return automaton_->whole.may_be_empty;
  Positions possible = automaton_->whole.first;
  Positions reached;
  for (const char c : path) {
    reached = possible;
    reached &= automaton_->taking[static_cast<unsigned char>(c)];
    if (reached.empty()) return false;
    possible = {};
    reached.for_each([&](std::size_t position) { possible |= automaton_->next[position]; });
  }
  reached &= automaton_->whole.last;
  return !reached.empty();
}

}  // namespace holdfast::faultfs
