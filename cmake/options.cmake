# Compiler settings shared by every target.
find_program(HOLDFAST_CCACHE ccache)
if(HOLDFAST_CCACHE)
  # Sloppy as its manual asks for precompiled headers; paths count from the root, so that clones share.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HOLDFAST_CCACHE})
endif()

# Several files of a target as one: a full build takes less, a change to one file more. For builds that are
# made once.
option(HOLDFAST_UNITY "Compile several files of a target together" OFF)
set(CMAKE_UNITY_BUILD ${HOLDFAST_UNITY})

add_library(holdfast_options INTERFACE)
target_include_directories(holdfast_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(holdfast_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports a false overlap and false bounds on strings, a false overflow inside fmt at -O3, the
  # unused half of a std::expected as uninitialised, and members that have a default as missing from
  # a designated initialiser.
  target_compile_options(holdfast_options INTERFACE
    -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow -Wno-maybe-uninitialized -Wno-missing-field-initializers)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Members that have a default, as above; and what libstdc++ 12 itself calls deprecated in std::stable_sort.
  target_compile_options(holdfast_options INTERFACE
    -Wno-missing-designated-field-initializers -Wno-deprecated-declarations)
endif()
if(HOLDFAST_SANITIZE)
  target_compile_options(holdfast_options INTERFACE -fsanitize=${HOLDFAST_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(holdfast_options INTERFACE -fsanitize=${HOLDFAST_SANITIZE})
  if(HOLDFAST_SANITIZE MATCHES "thread")
    target_compile_definitions(holdfast_options INTERFACE HOLDFAST_TSAN=1)
    # TSan does not model atomic_thread_fence; none of our code uses one, some libraries mention it.
    target_compile_options(holdfast_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  else()
    target_compile_definitions(holdfast_options INTERFACE HOLDFAST_ASAN=1)
  endif()
endif()

find_package(Threads REQUIRED)
