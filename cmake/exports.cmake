# What of the public headers a program must hold for shared libraries that it loads,
# as options for the linker: -DOUT= -DARCHIVE= -DNM= -DHEADERS=
cmake_minimum_required(VERSION 3.25)

string(REPLACE "|" ";" headers "${HEADERS}")
set(declared)
foreach(header IN LISTS headers)
    file(READ "${header}" text)
    # A list separator in the text would split it.
    string(REPLACE ";" " " text "${text}")
    string(REGEX MATCHALL "hd_[a-z0-9_]+\\(" names "${text}")
    list(APPEND declared ${names})
endforeach()
list(TRANSFORM declared REPLACE "\\($" "")
list(REMOVE_DUPLICATES declared)

execute_process(COMMAND "${NM}" -g --defined-only "${ARCHIVE}" OUTPUT_VARIABLE symbols
                COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL " T hd_[a-z0-9_]+" defined "${symbols}")
list(TRANSFORM defined REPLACE "^ T " "")
list(SORT defined)
set(options)
foreach(name IN LISTS defined)
    if(name IN_LIST declared)
        string(APPEND options "--undefined=${name}\n")
    endif()
endforeach()
if(NOT options)
    message(FATAL_ERROR "${ARCHIVE} defines nothing that the headers declare")
endif()
file(WRITE "${OUT}" "${options}")
