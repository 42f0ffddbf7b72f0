// Compares what survived in a directory with what was promised.
//
//   for (const std::string& broken : broken_promises(promise, "data")) std::cout << broken << "\n";
//
// A sentence for each name that is missing, of another kind or back from the dead, each file that is shorter
// or longer than promised, and each run of bytes that is another. In order of kind and path. Reads every
// promised byte; blocks for as long as that takes.
#pragma once

#include <string>
#include <vector>

#include "faultfs/model/promise_json.h"

namespace holdfast::faultfs {

std::vector<std::string> broken_promises(const Promise& promise, const std::string& directory);

}  // namespace holdfast::faultfs
