// Collects what a checker finds wrong; the law holds when nothing was found.
//
//   Findings findings("identity");
//   if (twice > 0) findings.add("{} records were delivered under two keys", twice);
//   return findings.result("every record kept its key");
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "simulator/oracle/laws.h"

namespace holdfast::oracle {

class Findings {
 public:
  explicit Findings(std::string_view law) : law_(law) {}

  template <class... Args>
  void add(fmt::format_string<Args...> text, Args&&... args) {
    if (!broken_.empty()) broken_ += "; ";
    broken_ += fmt::format(text, std::forward<Args>(args)...);
  }
  // Evidence is missing: the law neither holds nor is broken.
  void doubt(std::string_view why) {
    if (!doubts_.empty()) doubts_ += "; ";
    doubts_ += why;
  }

  LawResult result(std::string_view when_it_holds) const {
    if (!broken_.empty()) return {std::string(law_), LawVerdict::fail, broken_};
    if (!doubts_.empty()) return {std::string(law_), LawVerdict::inconclusive, doubts_};
    return {std::string(law_), LawVerdict::pass, std::string(when_it_holds)};
  }
  LawResult not_judged(std::string_view why) const {
    return {std::string(law_), LawVerdict::not_judged, std::string(why)};
  }

 private:
  std::string_view law_;
  std::string broken_;
  std::string doubts_;
};

}  // namespace holdfast::oracle
