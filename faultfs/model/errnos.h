// Errors by name, and which of them an operation answers on Linux.
//
//   errno_from("EIO")                      // 5
//   may_answer(Operation::read, ENOSPC)    // false: no read does
//
// ENOSYS is not among them: the kernel remembers it and never asks again, so it could not be healed. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "faultfs/model/operation.h"

namespace holdfast::faultfs {

// The errno for "ENOSPC", "EIO", ...; nullopt for unknown names and for those never injected.
std::optional<int> errno_from(std::string_view name);
std::string errno_name(int error);

bool may_answer(Operation operation, int error);
// The names of all that it may answer.
std::vector<std::string_view> answers_of(Operation operation);

}  // namespace holdfast::faultfs
