# Rules that compile and link with the heddle-cc of this build.

# heddle-cc finds clang by itself; where the build is gcc's, that is behind it.
set(HEDDLE_CC_BEHIND)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    set(HEDDLE_CC_BEHIND "${CMAKE_COMMAND}" -E env "HEDDLE_CC=${CMAKE_C_COMPILER}" HEDDLE_CXX=g++)
endif()
set(program_warnings -Wall -Wextra -Werror)

# heddle_cc_compile(OBJECT FLAVOR SOURCE OPTIONS...)
function(heddle_cc_compile object flavor source)
    set(driver heddle-cc)
    set(standard gnu17)
    if(source MATCHES "\\.cpp$")
        set(driver heddle-c++)
        set(standard c++20)
    endif()
    cmake_path(GET object PARENT_PATH folder)
    file(MAKE_DIRECTORY "${folder}")
    add_custom_command(OUTPUT "${object}" DEPFILE "${object}.d" VERBATIM
        COMMAND ${HEDDLE_CC_BEHIND} "${CMAKE_BINARY_DIR}/bin/${driver}" --heddle-flavor=${flavor}
                -std=${standard} ${program_warnings} ${ARGN} -MD -MF "${object}.d" -MT "${object}"
                -c "${source}" -o "${object}"
        DEPENDS "${source}" heddle-cc
        COMMENT "heddle-cc (${flavor}) ${source}")
endfunction()

# heddle_cc_link(PROGRAM FLAVOR DRIVER OPTIONS... OBJECTS...)
function(heddle_cc_link program flavor driver)
    set(objects ${ARGN})
    list(FILTER objects INCLUDE REGEX "\\.o$")
    add_custom_command(OUTPUT "${program}" VERBATIM
        COMMAND ${HEDDLE_CC_BEHIND} "${CMAKE_BINARY_DIR}/bin/${driver}" --heddle-flavor=${flavor}
                ${ARGN} -o "${program}"
        DEPENDS ${objects} heddle-cc heddle
        COMMENT "heddle-cc (${flavor}) links ${program}")
endfunction()
