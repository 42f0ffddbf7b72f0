# holdfast_layer(NAME DIRECTORY [EXCLUDE file...] [LIBRARIES lib...])
#
# One static library per layer, named holdfast_<NAME>, from every .cpp directly in DIRECTORY.
# A layer's directory is its table of contents: adding a file needs no edit here.
function(holdfast_layer name directory)
  cmake_parse_arguments(arg "" "" "LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${directory}/*.cpp)
  if(sources)
    add_library(holdfast_${name} STATIC ${sources})
    target_link_libraries(holdfast_${name} PUBLIC holdfast_options ${arg_LIBRARIES})
  else()
    add_library(holdfast_${name} INTERFACE)
    target_link_libraries(holdfast_${name} INTERFACE holdfast_options ${arg_LIBRARIES})
  endif()
endfunction()
