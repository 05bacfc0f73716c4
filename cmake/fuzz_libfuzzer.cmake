# libFuzzer's binaries: fuzz/SCENARIO-VARIANT-FLAVOR.
#
# A file's objects are shared by its variants; they are compiled again for fuzzing
# because the coverage that libFuzzer needs would only slow the hunt down.

set(heddle_fuzz_main "${CMAKE_SOURCE_DIR}/targets/fuzz_main.c")

# heddle_libfuzzer_binaries(STEM FLAVOR SOURCE NAME/VARIANT...): of one target.
function(heddle_libfuzzer_binaries stem flavor source)
    set(objects fuzz-objects-${stem}-${flavor})
    heddle_flavored_objects(${objects} ${flavor} "${source}")
    target_compile_options(${objects} PRIVATE -fsanitize=fuzzer-no-link)
    foreach(scenario IN LISTS ARGN)
        string(REPLACE "/" "-" file "${scenario}-${flavor}")
        set(name fuzz-${file})
        add_executable(${name} "${heddle_fuzz_main}" $<TARGET_OBJECTS:${objects}>)
        heddle_runtime_flags(${name})
        target_compile_definitions(${name} PRIVATE HD_FUZZ_TARGET="${scenario}")
        target_link_libraries(${name} PRIVATE heddle)
        heddle_link_flavor(${name} ${flavor} fuzzer)
        set_target_properties(${name} PROPERTIES OUTPUT_NAME "${file}"
            RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz")
    endforeach()
endfunction()
