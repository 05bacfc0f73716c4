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

# By kind of compiler, since heddle-cc may run another one than built this tree; what is
# for the compiler of this tree has no kind in its name.  clang's driver does not hear
# of the thread sanitizer: it would refuse it together with address, and link its
# runtime where a program is compiled and linked in one step.
set(heddle_plain_flags -O0 -g -fno-omit-frame-pointer)
set(heddle_see_accesses_clang "SHELL:-Xclang -fsanitize=thread"
    "SHELL:-mllvm -tsan-instrument-read-before-write=1")
set(heddle_see_accesses_gcc -fsanitize=thread)
# The part of heddle_plain_flags that heddle-cc does not leave to the user's flags.
set(heddle_last_flags -O0 -fno-omit-frame-pointer)
if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
    set(heddle_kind clang)
else()
    set(heddle_kind gcc)
endif()
# What UBSan objects to in much code that does what it should on every machine that heddle
# runs on, in any schedule: unaligned reads, functions called through pointers of another
# type, offsets from a null pointer.  Where it matters the program crashes, which is found.
set(HEDDLE_TOLERATE_none)
set(HEDDLE_TOLERATE_race)
set(HEDDLE_TOLERATE_asan alignment,function,null,pointer-overflow)
set(HEDDLE_TOLERATE_tsan)
foreach(kind clang gcc)
    set(HEDDLE_COMPILE_none_${kind} ${heddle_plain_flags})
    set(HEDDLE_COMPILE_race_${kind} ${heddle_plain_flags} ${heddle_see_accesses_${kind}})
    set(HEDDLE_COMPILE_asan_${kind} ${heddle_plain_flags} -fsanitize=address,undefined
        -fno-sanitize=${HEDDLE_TOLERATE_asan} -fno-sanitize-recover=undefined
        ${heddle_see_accesses_${kind}})
    set(HEDDLE_COMPILE_tsan_${kind} ${HEDDLE_COMPILE_race_${kind}})
endforeach()
foreach(flavor none race asan tsan)
    set(HEDDLE_COMPILE_${flavor} ${HEDDLE_COMPILE_${flavor}_${heddle_kind}})
endforeach()

# In flavor tsan the runtime's entry points are wrapped: heddle schedules, then
# calls the real one.
set(heddle_tsan_wrap "${CMAKE_SOURCE_DIR}/src/instrument/tsan_wrap.rsp")
# In every instrumented flavor so are libc's functions on memory.
set(heddle_libc_wrap "${CMAKE_SOURCE_DIR}/src/instrument/libc_wrap.rsp")
set(HEDDLE_WRAPS_none)
set(HEDDLE_WRAPS_race "${heddle_libc_wrap}")
set(HEDDLE_WRAPS_asan "${heddle_libc_wrap}")
set(HEDDLE_WRAPS_tsan "${heddle_libc_wrap}" "${heddle_tsan_wrap}")
# One symbol of each part of the library that an instrumented shared library needs in
# the program that loads it, which may have no use for it itself.
set(heddle_needs_posix hd__posix_hooks mtx_lock thrd_create tss_create)
set(HEDDLE_NEEDS_none ${heddle_needs_posix})
set(HEDDLE_NEEDS_race ${heddle_needs_posix} hd__tsan_abi)
set(HEDDLE_NEEDS_asan ${heddle_needs_posix} hd__tsan_abi)
set(HEDDLE_NEEDS_tsan ${heddle_needs_posix} __wrap___tsan_read4)
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
    foreach(wrap IN LISTS HEDDLE_WRAPS_${flavor})
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
