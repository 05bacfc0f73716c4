# AFL++'s binaries: fuzz/SCENARIO-VARIANT-FLAVOR-afl.
#
# The same clang as everywhere, with -fsanitize-coverage=trace-pc-guard on the code
# under test, AFL++'s driver for LLVMFuzzerTestOneInput() and its runtime.  Not its
# compiler wrapper: the counters that its pass writes into the code come before the
# thread instrumentation, which then takes each of them for a memory access of the
# code under test, and reports races of them.
#
# None is part of `all`: `heddle fuzz --engine afl++` builds the one that it needs.

find_path(HEDDLE_AFL_LIBRARIES NAMES afl-compiler-rt.o HINTS ENV AFL_PATH
          PATHS /usr/lib/afl /usr/local/lib/afl NO_CACHE)
if(NOT EXISTS "${HEDDLE_AFL_LIBRARIES}/libAFLDriver.a")
    set(HEDDLE_AFL_LIBRARIES)
    message(STATUS "heddle: AFL++ was not found (package afl++): no binaries for it")
endif()

# heddle_afl_binaries(STEM FLAVOR SOURCE NAME/VARIANT...): of one target.
function(heddle_afl_binaries stem flavor source)
    if(NOT HEDDLE_AFL_LIBRARIES)
        return()
    endif()
    set(objects afl-objects-${stem}-${flavor})
    heddle_flavored_objects(${objects} ${flavor} "${source}")
    target_compile_options(${objects} PRIVATE -fsanitize-coverage=trace-pc-guard)
    set_target_properties(${objects} PROPERTIES EXCLUDE_FROM_ALL ON)
    foreach(scenario IN LISTS ARGN)
        string(REPLACE "/" "-" file "${scenario}-${flavor}-afl")
        set(name fuzz-${file})
        add_executable(${name} EXCLUDE_FROM_ALL "${heddle_fuzz_main}" $<TARGET_OBJECTS:${objects}>)
        heddle_runtime_flags(${name})
        target_compile_definitions(${name} PRIVATE HD_FUZZ_TARGET="${scenario}")
        target_link_libraries(${name} PRIVATE heddle "${HEDDLE_AFL_LIBRARIES}/libAFLDriver.a"
                              "${HEDDLE_AFL_LIBRARIES}/afl-compiler-rt.o")
        heddle_link_flavor(${name} ${flavor})
        # AFL++ loads it at run time.
        add_dependencies(${name} heddle_afl_mutator)
        set_target_properties(${name} PROPERTIES OUTPUT_NAME "${file}"
            RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
    endforeach()
endfunction()
