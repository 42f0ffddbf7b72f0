// What each measure means, in words for people.
//
//   meaning_of("retention.durable")     // "records due under fault that were safe on disk or ..."
//
// Exact definitions are in docs/architecture.md. "" for a name that is no measure. Pure.
#pragma once

#include <string_view>

namespace holdfast::scenario {

std::string_view meaning_of(std::string_view measure);

}  // namespace holdfast::scenario
