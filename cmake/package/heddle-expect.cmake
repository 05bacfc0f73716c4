# Runs a hunt that must find something, all of it of the expected classes:
#
#     cmake -DEXPECT=CLASS,CLASS -DJSON=FILE -P heddle-expect.cmake -- heddle hunt ...
#
# FILE is what the hunt's own --json writes.
cmake_minimum_required(VERSION 3.20)

set(command)
set(begun FALSE)
math(EXPR last "${CMAKE_ARGC} - 1")
foreach(i RANGE ${last})
    if(begun)
        # An argument may hold a semicolon, or be empty.
        string(REPLACE ";" "\\;" word "${CMAKE_ARGV${i}}")
        list(APPEND command "${word}")
    elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
        set(begun TRUE)
    endif()
endforeach()
string(REPLACE "," ";" expected "${EXPECT}")

file(REMOVE "${JSON}")
execute_process(COMMAND ${command} RESULT_VARIABLE status)
if(NOT status EQUAL 1)
    message(FATAL_ERROR "the hunt ended with status ${status}, where it should have found "
                        "something (1)")
endif()
file(READ "${JSON}" text)
string(JSON count LENGTH "${text}" results 0 findings)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
    string(JSON class GET "${text}" results 0 findings ${i} class)
    if(NOT class IN_LIST expected)
        message(FATAL_ERROR "${class} was found, and only ${EXPECT} was expected")
    endif()
endforeach()
