# Fuzz targets for a service that brings compiler, flags and engine (OSS-Fuzz,
# ClusterFuzzLite): oss-fuzz/build.sh.
#
# The flavor is the service's: its sanitizers and its coverage are in CFLAGS, and this
# file adds only what makes accesses scheduling points.  libheddle.a stays without
# either (heddle_runtime_flags).  Targets are the variants without a bug, in which
# nothing may ever be found, and heddle's own parsers.
#
#     BUILD/service/SCENARIO-VARIANT, BUILD/service/fuzz_*

set(HEDDLE_FUZZING_ENGINE "" CACHE STRING "What links a fuzzing service's engine: \$LIB_FUZZING_ENGINE")
if(HEDDLE_FUZZING_ENGINE)
    enable_language(CXX) # engines are written in it
    add_custom_target(service-targets)
endif()

function(heddle_service_binary name)
    add_executable(service-${name} EXCLUDE_FROM_ALL ${ARGN})
    target_link_libraries(service-${name} PRIVATE heddle "${HEDDLE_FUZZING_ENGINE}")
    if(HEDDLE_HAVE_LLD)
        target_link_options(service-${name} PRIVATE -fuse-ld=lld)
    endif()
    set_target_properties(service-${name} PROPERTIES OUTPUT_NAME "${name}"
        LINKER_LANGUAGE CXX RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/service")
    add_dependencies(service-targets service-${name})
endfunction()

# heddle_service_scenarios(STEM SOURCE NAME/VARIANT/KIND...): those of kind `clean` of
# one target.
function(heddle_service_scenarios stem source)
    if(NOT HEDDLE_FUZZING_ENGINE)
        return()
    endif()
    set(objects service-objects-${stem})
    add_library(${objects} OBJECT EXCLUDE_FROM_ALL "${source}")
    target_include_directories(${objects} PRIVATE "${CMAKE_SOURCE_DIR}/include"
                               "${CMAKE_SOURCE_DIR}/targets")
    target_compile_options(${objects} PRIVATE ${HEDDLE_COMPILE_race})
    foreach(scenario IN LISTS ARGN)
        if(scenario MATCHES "^(.*)/clean$")
            set(scenario "${CMAKE_MATCH_1}")
            string(REPLACE "/" "-" name "${scenario}")
            heddle_service_binary(${name} "${heddle_fuzz_main}" $<TARGET_OBJECTS:${objects}>)
            heddle_runtime_flags(service-${name})
            target_compile_definitions(service-${name} PRIVATE HD_FUZZ_TARGET="${scenario}")
            target_link_options(service-${name} PRIVATE "-Wl,@${heddle_libc_wrap}")
        endif()
    endforeach()
endfunction()

# heddle_service_parser(NAME SOURCE PARSER_SOURCES...): a parser, which is what is
# tested here, so it gets all of the service's flags.
function(heddle_service_parser name source)
    if(NOT HEDDLE_FUZZING_ENGINE)
        return()
    endif()
    heddle_service_binary(${name} "${source}" ${ARGN})
    target_include_directories(service-${name} PRIVATE "${CMAKE_SOURCE_DIR}/include"
                               "${CMAKE_SOURCE_DIR}/src")
endfunction()
