// How every call of the memory disk ends: its result enters the trace, an errno becomes an Error.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "faultfs/model/errnos.h"
#include "simulator/world/virtual/memory_disk.h"

namespace holdfast::world {

inline std::uint64_t word_of(std::uint64_t value) { return value; }
inline std::uint64_t word_of(const FileStat& stat) { return digest(stat.size, stat.is_directory); }
inline std::uint64_t word_of(const Space& space) { return digest(space.free_bytes, space.total_bytes); }
inline std::uint64_t word_of(const std::vector<std::string>& names) {
  std::uint64_t word = names.size();
  for (const auto& name : names) word = digest(word, digest(std::string_view(name)));
  return word;
}

inline std::string in_words(std::uint64_t value) { return std::to_string(value); }
inline std::string in_words(const FileStat& stat) { return std::to_string(stat.size) + " bytes"; }
inline std::string in_words(const Space& space) { return std::to_string(space.free_bytes) + " bytes free"; }
inline std::string in_words(const std::vector<std::string>& names) {
  return std::to_string(names.size()) + " names";
}

struct Concluding {
  Kernel& kernel;
  PortCall call;
  std::uint64_t arguments;
  std::string_view verb;
  std::string_view path;

  template <class T>
  Result<T> operator()(Answer<T> answer) const {
    constexpr std::uint64_t kFailed = std::uint64_t{1} << 63;
    if (kernel.heard()) tell(answer);
    if (!answer) {
      kernel.note(call, arguments, kFailed | static_cast<std::uint64_t>(answer.error()));
      return fail(error_of_errno(answer.error(), std::string(verb).append(" ").append(path)));
    }
    if constexpr (std::is_void_v<T>) {
      kernel.note(call, arguments, 0);
      return {};
    } else {
      kernel.note(call, arguments, word_of(*answer));
      return std::move(*answer);
    }
  }

  template <class T>
  void tell(const Answer<T>& answer) const {
    std::string outcome;
    if (!answer)
      outcome = faultfs::errno_name(answer.error());
    else if constexpr (!std::is_void_v<T>)
      outcome = in_words(*answer);
    kernel.say(std::string(path), std::move(outcome));
  }
};

}  // namespace holdfast::world
