# holdfast_layer(NAME DIRECTORY [LIBRARIES lib...])
#
# One static library per layer, named holdfast_<NAME>, from every .cpp directly in DIRECTORY.
# A layer's directory is its table of contents: adding a file needs no edit here. Names without
# linkage differ within a layer: the sanitizers' builds compile several of its files as one (HOLDFAST_UNITY).
add_library(holdfast_precompiled OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
target_link_libraries(holdfast_precompiled PUBLIC holdfast_options)
target_compile_options(holdfast_precompiled PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
target_precompile_headers(holdfast_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.h)

function(holdfast_layer name directory)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.cpp)
  if(sources)
    add_library(holdfast_${name} STATIC ${sources})
    target_link_libraries(holdfast_${name} PUBLIC holdfast_options ${arg_LIBRARIES})
    target_precompile_headers(holdfast_${name} REUSE_FROM holdfast_precompiled)
  else()
    add_library(holdfast_${name} INTERFACE)
    target_link_libraries(holdfast_${name} INTERFACE holdfast_options ${arg_LIBRARIES})
  endif()
endfunction()
