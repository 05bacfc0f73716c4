# What the build needs from the system; scripts/setup installs all of it.

# The static Boost.Context, by its file name: only its two C symbols are used
# (make_fcontext, jump_fcontext), so no C++ and no imported targets are needed, and
# the program stays independent of the Boost version at run time.
find_library(HEDDLE_BOOST_CONTEXT NAMES libboost_context.a)
find_library(HEDDLE_JANSSON NAMES jansson)
find_path(HEDDLE_JANSSON_INCLUDE NAMES jansson.h)
find_path(HEDDLE_XXHASH_INCLUDE NAMES xxhash.h)

foreach(need HEDDLE_BOOST_CONTEXT HEDDLE_JANSSON HEDDLE_JANSSON_INCLUDE
             HEDDLE_XXHASH_INCLUDE)
    if(NOT ${need})
        message(FATAL_ERROR "${need} was not found: run scripts/setup")
    endif()
    mark_as_advanced(${need})
endforeach()

include(CheckLinkerFlag)
check_linker_flag(C "-fuse-ld=lld" HEDDLE_HAVE_LLD)
