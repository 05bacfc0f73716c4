# What scenarios a source file holds.
#
# Fuzz binaries and tests are made per scenario and variant, so the build must know
# the names before anything is compiled.  They are read from the HD_SCENARIO() itself:
# adding a target is adding one file, and no second list can fall behind.  What is
# relied on: `.name` is the first field of HD_SCENARIO() and of each variant, and no
# string in it holds a brace.  tests/cli/build.bats compares the outcome with what
# the program itself lists.

# heddle_scenarios_of(OUT FILE): a list of NAME/VARIANT/expect or NAME/VARIANT/clean.
function(heddle_scenarios_of out file)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
    file(READ "${file}" text)
    # A list separator in the text would split it.
    string(REPLACE ";" " " text "${text}")
    set(name_field "[.]name[ \n]*=[ \n]*\"([a-z0-9-]+)\"")
    set(scenario "HD_SCENARIO[(][a-z0-9_]+[)][ \n]*=[ \n]*{[ \n]*${name_field}")
    set(variant "{[ \n]*${name_field}([^{}]|{[^{}]*})*}")
    string(REGEX MATCHALL "${scenario}|${variant}" found "${text}")
    set(result)
    set(name)
    foreach(match IN LISTS found)
        string(REGEX MATCH "${name_field}" _ "${match}")
        set(value "${CMAKE_MATCH_1}")
        if(match MATCHES "^HD_SCENARIO")
            set(name "${value}")
        elseif(match MATCHES "[.]expect")
            list(APPEND result "${name}/${value}/expect")
        else()
            list(APPEND result "${name}/${value}/clean")
        endif()
    endforeach()
    if(NOT result)
        message(FATAL_ERROR "${file}: no HD_SCENARIO() with variants was found in it; "
                            "see cmake/targets.cmake for the form that is understood")
    endif()
    set(${out} "${result}" PARENT_SCOPE)
endfunction()
