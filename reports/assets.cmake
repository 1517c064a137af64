# Puts the files of reports/assets into the program. Included from the top CMakeLists.txt, and run as a script at build time
# (cmake -DFOLDER=… -DOUTPUT=… -P assets.cmake), so that a changed asset is embedded again.
set(HEADROOM_ASSETS
    page_template=report.mustache.html page_style=report.css page_script=report.js
    chart_script=uPlot.iife.min.js chart_style=uPlot.min.css chart_licence=UPLOT-LICENSE)

if(CMAKE_SCRIPT_MODE_FILE)
  set(text "// Made from reports/assets by reports/assets.cmake.\n#include \"reports/assets.hpp\"\n\nnamespace headroom::assets {\n")
  foreach(asset IN LISTS HEADROOM_ASSETS)
    string(REPLACE "=" ";" asset "${asset}")
    list(GET asset 0 name)
    list(GET asset 1 file)
    # Bytes, not a string literal: compilers bound the length of those.
    file(READ "${FOLDER}/${file}" bytes HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
    string(APPEND text "static constexpr char ${name}_bytes[]{${bytes}};\n"
                       "const std::string_view ${name}{${name}_bytes, sizeof ${name}_bytes};\n")
  endforeach()
  file(WRITE "${OUTPUT}" "${text}}  // namespace headroom::assets\n")
  return()
endif()

set(asset_files ${HEADROOM_ASSETS})
list(TRANSFORM asset_files REPLACE "^.*=" "${CMAKE_CURRENT_LIST_DIR}/assets/")
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/reports/assets.cpp
  COMMAND ${CMAKE_COMMAND} -DFOLDER=${CMAKE_CURRENT_LIST_DIR}/assets -DOUTPUT=${CMAKE_BINARY_DIR}/reports/assets.cpp -P ${CMAKE_CURRENT_LIST_FILE}
  DEPENDS ${asset_files} ${CMAKE_CURRENT_LIST_FILE}
  COMMENT "Embedding reports/assets" VERBATIM)
target_sources(headroom_reports PRIVATE ${CMAKE_BINARY_DIR}/reports/assets.cpp)
