# How code is compiled and linked: the one place.
#
# Two kinds of code.  Heddle's own (library, command) is never instrumented, in any
# build.  Code under test is compiled per flavor; its flags are part of heddle's
# contract (docs/architecture.md): -O0, because from -O1 on the compiler merges the
# accesses at which heddle would switch, and read-before-write, because otherwise
# clang gives `x++` no read point.
#
# One compiler per configuration compiles both kinds.  Flavors asan and tsan need
# clang 19: gcc cannot combine ThreadSanitizer's instrumentation with
# AddressSanitizer, and older clangs report races of libFuzzer's own counters.  With
# another compiler only none and race are built.

if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_GREATER_EQUAL 19)
    set(HEDDLE_FLAVORS none race asan tsan)
    set(HEDDLE_FUZZ_FLAVORS asan tsan)
else()
    set(HEDDLE_FLAVORS none race)
    set(HEDDLE_FUZZ_FLAVORS)
    message(STATUS "heddle: flavors asan and tsan are skipped, they need clang 19 and this is "
                   "${CMAKE_C_COMPILER_ID} ${CMAKE_C_COMPILER_VERSION}")
endif()
if(NOT HEDDLE_FUZZERS)
    set(HEDDLE_FUZZ_FLAVORS)
endif()

set(heddle_warnings -Wall -Wextra $<$<BOOL:${HEDDLE_WERROR}>:-Werror>)

set(heddle_plain_flags -O0 -g -fno-omit-frame-pointer)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    set(heddle_read_before_write "SHELL:-mllvm -tsan-instrument-read-before-write=1")
else()
    set(heddle_read_before_write)
endif()
set(HEDDLE_COMPILE_none ${heddle_plain_flags})
set(HEDDLE_COMPILE_race ${heddle_plain_flags} -fsanitize=thread ${heddle_read_before_write})
# The driver refuses address together with thread, the compiler proper takes it.
set(HEDDLE_COMPILE_asan
    ${heddle_plain_flags} -fsanitize=address,undefined
    -fno-sanitize-recover=undefined "SHELL:-Xclang -fsanitize=thread"
    ${heddle_read_before_write})
set(HEDDLE_COMPILE_tsan ${HEDDLE_COMPILE_race})

# In flavor tsan the runtime's entry points are wrapped: heddle schedules, then
# calls the real one.
set(heddle_tsan_wrap "${CMAKE_SOURCE_DIR}/src/instrument/tsan_wrap.rsp")
# In every instrumented flavor so are libc's functions on memory.
set(heddle_libc_wrap "${CMAKE_SOURCE_DIR}/src/instrument/libc_wrap.rsp")
set(HEDDLE_SANITIZE_none)
set(HEDDLE_SANITIZE_race)
set(HEDDLE_SANITIZE_asan address,undefined)
set(HEDDLE_SANITIZE_tsan thread)

# The instrumented code of flavor tsan is that of race: both share one set of objects.
set(HEDDLE_OBJECTS_none none)
set(HEDDLE_OBJECTS_race race)
set(HEDDLE_OBJECTS_asan asan)
set(HEDDLE_OBJECTS_tsan race)

# Flags of heddle's own objects.  A packager's CFLAGS may carry sanitizers or
# coverage for a whole distribution; the runtime under them would schedule itself at
# its own memory accesses, and TSan would take every switch for a synchronisation.
# Target options come after CMAKE_C_FLAGS on the command line, so these win.
function(heddle_runtime_flags target)
    target_include_directories(${target} PUBLIC "${CMAKE_SOURCE_DIR}/include")
    target_include_directories(${target} PRIVATE "${CMAKE_SOURCE_DIR}/src")
    target_compile_definitions(${target} PRIVATE HEDDLE_VERSION="${PROJECT_VERSION}")
    target_compile_options(${target} PRIVATE ${heddle_warnings} -O2 -g
                           -fno-omit-frame-pointer -fno-sanitize=all)
    if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
        target_compile_options(${target} PRIVATE
            -fno-sanitize-coverage=func,bb,edge,indirect-calls,trace-bb,trace-cmp,trace-div,trace-gep,trace-pc,trace-pc-guard,inline-8bit-counters,inline-bool-flag,pc-table,trace-loads,trace-stores,stack-depth)
    elseif(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fno-sanitize-coverage=trace-pc,trace-cmp)
    endif()
endfunction()

# heddle_flavored_objects(NAME FLAVOR SOURCES...): an object library of code under test.
function(heddle_flavored_objects name flavor)
    add_library(${name} OBJECT ${ARGN})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/include"
                               "${CMAKE_SOURCE_DIR}/targets")
    target_compile_options(${name} PRIVATE ${heddle_warnings} ${HEDDLE_COMPILE_${flavor}})
endfunction()

# heddle_link_flavor(TARGET FLAVOR [EXTRA_SANITIZERS]): link options of a program.
function(heddle_link_flavor target flavor)
    target_link_options(${target} PRIVATE -Wl,--build-id)
    if(HEDDLE_HAVE_LLD)
        target_link_options(${target} PRIVATE -fuse-ld=lld)
    endif()
    list(JOIN HEDDLE_SANITIZE_${flavor} "," sanitize)
    foreach(extra IN LISTS ARGN)
        string(APPEND sanitize ",${extra}")
    endforeach()
    string(REGEX REPLACE "^," "" sanitize "${sanitize}")
    if(sanitize)
        target_link_options(${target} PRIVATE -fsanitize=${sanitize})
    endif()
    set(wraps)
    if(NOT flavor STREQUAL "none")
        list(APPEND wraps "${heddle_libc_wrap}")
    endif()
    if(flavor STREQUAL "tsan")
        list(APPEND wraps "${heddle_tsan_wrap}")
    endif()
    foreach(wrap IN LISTS wraps)
        target_link_options(${target} PRIVATE "-Wl,@${wrap}")
        set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${wrap}")
    endforeach()
endfunction()

# The suffix of a flavor's program: none has none.
function(heddle_flavor_suffix out flavor)
    if(flavor STREQUAL "none")
        set(${out} "" PARENT_SCOPE)
    else()
        set(${out} "-${flavor}" PARENT_SCOPE)
    endif()
endfunction()
