// Checks of programmer errors. They stay on in every build: a broken invariant stops the program
// with file, line and the sentence given, before it can spread.
//
//   HOLDFAST_CHECK(offset <= size, "a reader never passes the end of its segment");
#pragma once

namespace holdfast {

[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* message);

}  // namespace holdfast

#define HOLDFAST_CHECK(condition, message)                               \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::holdfast::check_failed(__FILE__, __LINE__, #condition, message); \
  } while (false)
