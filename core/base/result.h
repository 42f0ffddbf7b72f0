// Errors as values.
//
//   Result<int> parse(std::string_view text);
//   auto value = parse(text);
//   if (!value) return fail(value.error());
//
// An Error is a code that programs decide on, a sentence that people read, and the errno behind it
// (0 if none). Exceptions of libraries become Results in the file that calls the library.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace holdfast {

enum class Code : std::uint8_t {
  no_space,       // ENOSPC, EDQUOT: the device or its budget is full
  permission,     // EACCES, EPERM
  read_only,      // EROFS
  not_found,      // ENOENT
  exists,         // EEXIST, ENOTEMPTY
  wrong_kind,     // EISDIR, ENOTDIR: a file where a directory should be, or the reverse
  too_many_open,  // EMFILE, ENFILE
  io,             // EIO and every other failure of a device
  corrupted,      // bytes that fail their checksum or their grammar
  timeout,        // the deadline passed; the outcome may be unknown
  cancelled,      // the caller gave up
  unavailable,    // the other side refused or was not there
  busy,           // somebody else holds the lock
  invalid,        // the caller's input is wrong
  unsupported,    // this machine or build cannot do it
  internal,       // a defect of ours
};

std::string_view to_string(Code code);

struct [[nodiscard]] Error {
  Code code = Code::internal;
  std::string message;
  int os_error = 0;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

inline std::unexpected<Error> fail(Error error) { return std::unexpected<Error>(std::move(error)); }
inline std::unexpected<Error> fail(Code code, std::string message, int os_error = 0) {
  return std::unexpected<Error>(Error{code, std::move(message), os_error});
}

// The code that stands for an errno value.
Code code_of_errno(int os_error);

// "write /spool/x.seg: No space left on device", with the code and errno that belong to it.
Error error_of_errno(int os_error, std::string_view what);

}  // namespace holdfast
