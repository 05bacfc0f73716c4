# heddle-cc and heddle-c++: build/bin, and what they link in build/lib, laid out as in an
# installation (cmake/install.cmake), so that they find it the same way.

# heddle_c_strings(OUT ITEMS...): as the initialisers of an array in C.
function(heddle_c_strings out)
    set(text)
    foreach(item IN LISTS ARGN)
        string(REGEX REPLACE "^SHELL:" "" item "${item}")
        string(REPLACE " " ";" words "${item}")
        foreach(word IN LISTS words)
            string(APPEND text "\"${word}\", ")
        endforeach()
    endforeach()
    set(${out} "${text}" PARENT_SCOPE)
endfunction()

set(HEDDLE_CC_FLAVORS)
foreach(flavor none race asan tsan)
    set(wraps)
    foreach(wrap IN LISTS HEDDLE_WRAPS_${flavor})
        cmake_path(GET wrap FILENAME file)
        list(APPEND wraps "${file}")
    endforeach()
    foreach(list HEDDLE_COMPILE_${flavor}_clang HEDDLE_COMPILE_${flavor}_gcc HEDDLE_NEEDS_${flavor} wraps)
        heddle_c_strings(${list}_c ${${list}})
    endforeach()
    list(JOIN HEDDLE_SANITIZE_${flavor} "," sanitize)
    list(JOIN HEDDLE_TOLERATE_${flavor} "," tolerate)
    string(APPEND HEDDLE_CC_FLAVORS "    {.name = \"${flavor}\",
     .clang = {${HEDDLE_COMPILE_${flavor}_clang_c}NULL},
     .gcc = {${HEDDLE_COMPILE_${flavor}_gcc_c}NULL},
     .sanitizers = \"${sanitize}\",
     .tolerated = \"${tolerate}\",
     .wraps = {${wraps_c}NULL},
     .needs = {${HEDDLE_NEEDS_${flavor}_c}NULL}},\n")
endforeach()
heddle_c_strings(HEDDLE_CC_LAST ${heddle_last_flags})

# The folders from that of the programs; the build tree has them as bin, lib, include.
foreach(folder LIBRARY:LIB INCLUDE:INCLUDE)
    string(REGEX MATCH "^(.*):(.*)$" _ "${folder}")
    set(name HEDDLE_CC_${CMAKE_MATCH_1}_FOLDER)
    file(RELATIVE_PATH ${name} "${CMAKE_INSTALL_FULL_BINDIR}"
         "${CMAKE_INSTALL_FULL_${CMAKE_MATCH_2}DIR}")
endforeach()
configure_file(src/cc/flags.h.in "${CMAKE_BINARY_DIR}/generated/flags.h" @ONLY)

file(GLOB heddle_cc_sources CONFIGURE_DEPENDS src/cc/*.c)
add_executable(heddle-cc ${heddle_cc_sources} src/base/words.c src/base/error.c
               src/base/libc.c)
heddle_runtime_flags(heddle-cc)
target_include_directories(heddle-cc PRIVATE "${CMAKE_BINARY_DIR}/generated")
add_custom_command(TARGET heddle-cc POST_BUILD VERBATIM
    COMMAND "${CMAKE_COMMAND}" -E create_symlink heddle-cc
            "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/heddle-c++")

set(heddle_parts "${CMAKE_BINARY_DIR}/lib/heddle")
file(GLOB heddle_headers CONFIGURE_DEPENDS include/heddle/*.h)
list(JOIN heddle_headers "|" headers)
add_custom_command(OUTPUT "${heddle_parts}/exports.rsp" VERBATIM
    COMMAND "${CMAKE_COMMAND}" "-DOUT=${heddle_parts}/exports.rsp" "-DNM=${CMAKE_NM}"
            "-DARCHIVE=$<TARGET_FILE:heddle>" "-DHEADERS=${headers}"
            -P "${CMAKE_SOURCE_DIR}/cmake/exports.cmake"
    DEPENDS heddle ${heddle_headers} "${CMAKE_SOURCE_DIR}/cmake/exports.cmake")
add_custom_command(OUTPUT "${heddle_parts}/heddle_start.o" "${heddle_parts}/libc_wrap.rsp"
                          "${heddle_parts}/tsan_wrap.rsp" VERBATIM
    COMMAND "${CMAKE_COMMAND}" -E make_directory "${heddle_parts}"
    COMMAND "${CMAKE_COMMAND}" -E copy "${heddle_start}" "${heddle_libc_wrap}"
            "${heddle_tsan_wrap}" "${heddle_parts}"
    COMMAND "${CMAKE_COMMAND}" -E create_symlink "${CMAKE_SOURCE_DIR}/include"
            "${CMAKE_BINARY_DIR}/include"
    DEPENDS "${heddle_start}" "${heddle_libc_wrap}" "${heddle_tsan_wrap}")
add_custom_target(heddle_cc_parts ALL DEPENDS "${heddle_parts}/exports.rsp"
                  "${heddle_parts}/heddle_start.o")
add_dependencies(heddle-cc heddle heddle_cc_parts)
