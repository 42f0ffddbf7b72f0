# Writes the definitions of command_line/version.h. Run at every build, so that they never go stale;
# touches the file only when they changed.
execute_process(COMMAND git -C ${SOURCE_DIR} describe --always --dirty --abbrev=12
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  set(commit unknown)
endif()
file(WRITE ${OUTPUT}.new "#include \"command_line/version.h\"

namespace holdfast {
const std::string_view kVersion = \"${VERSION}\";
const std::string_view kCommit = \"${commit}\";
}  // namespace holdfast
")
file(COPY_FILE ${OUTPUT}.new ${OUTPUT} ONLY_IF_DIFFERENT)
