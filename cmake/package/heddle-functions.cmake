# heddle-functions.cmake - tests and fuzz targets of a CMake project under heddle.
#
#     find_package(heddle REQUIRED)
#     enable_testing()
#     add_executable(queue_test queue_test.c)
#     target_link_libraries(queue_test PRIVATE queue)
#     heddle_add_test(queue_test FLAVORS race asan RUNS 2000)
#     heddle_add_fuzz_target(queue_fuzz SOURCES queue_fuzz.c LIBRARIES queue)
#
# The project keeps its own compiler.  For each flavor the target is built once more, and
# so is every library of the project that it links: heddle sees nothing of what was
# compiled without it.  The copies are compiled by heddle-cc, which stands in front of
# the compiler's command line (CMake calls that a launcher; generators: Makefiles, Ninja).
#
# A target is copied as it is at the call, so that this comes behind its last
# target_link_libraries().  Not copied are properties of single source files, and
# targets that generator expressions choose.

# ---- copies --------------------------------------------------------------------------

# What a copy takes from its target as it stands.
set(HEDDLE__COPIED COMPILE_DEFINITIONS COMPILE_OPTIONS COMPILE_FEATURES INCLUDE_DIRECTORIES
    LINK_OPTIONS LINK_DIRECTORIES INTERFACE_COMPILE_DEFINITIONS INTERFACE_COMPILE_OPTIONS
    INTERFACE_COMPILE_FEATURES INTERFACE_INCLUDE_DIRECTORIES
    INTERFACE_SYSTEM_INCLUDE_DIRECTORIES INTERFACE_LINK_OPTIONS INTERFACE_LINK_DIRECTORIES
    C_STANDARD C_STANDARD_REQUIRED C_EXTENSIONS CXX_STANDARD CXX_STANDARD_REQUIRED
    CXX_EXTENSIONS C_VISIBILITY_PRESET CXX_VISIBILITY_PRESET VISIBILITY_INLINES_HIDDEN
    POSITION_INDEPENDENT_CODE LINKER_LANGUAGE OUTPUT_NAME PREFIX SUFFIX VERSION SOVERSION
    AUTOMOC AUTOUIC AUTORCC DEFINE_SYMBOL BUILD_RPATH)

# heddle__launch(TARGET FLAVOR): compiled and linked by heddle-cc.
function(heddle__launch target flavor)
    if(NOT CMAKE_GENERATOR MATCHES "Make|Ninja")
        message(FATAL_ERROR "heddle: the generator ${CMAKE_GENERATOR} cannot be told to "
                            "compile with heddle-cc; use Ninja or Unix Makefiles")
    endif()
    if(NOT flavor MATCHES "^(none|race|asan|tsan)$")
        message(FATAL_ERROR "heddle: there is no flavor ${flavor}: it is none, race, asan or "
                            "tsan")
    endif()
    set(driver_C "${HEDDLE_CC}")
    set(driver_CXX "${HEDDLE_CXX}")
    foreach(language C CXX)
        set(launcher "${driver_${language}}" "--heddle-flavor=${flavor}")
        # The project's own compiler if it can do all flavors, else the one that
        # heddle-cc chooses.
        if(CMAKE_${language}_COMPILER_ID STREQUAL "Clang" AND
           CMAKE_${language}_COMPILER_VERSION VERSION_GREATER_EQUAL 19 AND
           NOT CMAKE_${language}_COMPILER MATCHES "/heddle-c[^/]*$")
            list(APPEND launcher "--heddle-compiler=${CMAKE_${language}_COMPILER}")
        endif()
        list(APPEND launcher --heddle-instead-of)
        set_target_properties(${target} PROPERTIES
            LINK_DEPENDS "${HEDDLE_LIBRARY}"
            ${language}_COMPILER_LAUNCHER "${launcher}"
            ${language}_LINKER_LAUNCHER "${launcher}")
    endforeach()
endfunction()

# heddle__copied_library(OUT ITEM FLAVOR FUZZ): an item of LINK_LIBRARIES, with the copy
# instead of a library that is built here.
function(heddle__copied_library out item flavor fuzz)
    set(${out} "${item}" PARENT_SCOPE)
    if(item MATCHES "^(\\$<(LINK_ONLY|BUILD_INTERFACE):)([^<>]+)>$")
        set(before "${CMAKE_MATCH_1}")
        heddle__copied_library(inner "${CMAKE_MATCH_3}" ${flavor} "${fuzz}")
        set(${out} "${before}${inner}>" PARENT_SCOPE)
    elseif(TARGET "${item}")
        get_target_property(imported "${item}" IMPORTED)
        if(NOT imported)
            heddle__copy(copy "${item}" ${flavor} "${fuzz}")
            set(${out} ${copy} PARENT_SCOPE)
        endif()
    endif()
endfunction()

# heddle__copied_sources(OUT TARGET FLAVOR FUZZ)
function(heddle__copied_sources out target flavor fuzz)
    get_target_property(sources ${target} SOURCES)
    get_target_property(source_dir ${target} SOURCE_DIR)
    get_target_property(binary_dir ${target} BINARY_DIR)
    set(result)
    if(NOT sources)
        set(sources)
    endif()
    foreach(source IN LISTS sources)
        if(source MATCHES "^\\$<TARGET_OBJECTS:([^<>]+)>$")
            heddle__copied_library(copy "${CMAKE_MATCH_1}" ${flavor} "${fuzz}")
            set(source "$<TARGET_OBJECTS:${copy}>")
        elseif(NOT source MATCHES "^\\$<" AND NOT IS_ABSOLUTE "${source}")
            if(EXISTS "${source_dir}/${source}")
                set(source "${source_dir}/${source}")
            else()
                set(source "${binary_dir}/${source}")
            endif()
        endif()
        list(APPEND result "${source}")
    endforeach()
    set(${out} "${result}" PARENT_SCOPE)
endfunction()

# heddle__copy(OUT TARGET FLAVOR FUZZ): the target's copy, made if it is not there; FUZZ is
# `-fuzz` for code that is to be fuzzed, or empty.
function(heddle__copy out target flavor fuzz)
    get_target_property(alias ${target} ALIASED_TARGET)
    if(alias)
        set(target ${alias})
    endif()
    set(copy ${target}-heddle-${flavor}${fuzz})
    set(${out} ${copy} PARENT_SCOPE)
    if(TARGET ${copy})
        return()
    endif()
    get_target_property(type ${target} TYPE)
    heddle__copied_sources(sources ${target} ${flavor} "${fuzz}")
    if(type STREQUAL "EXECUTABLE")
        add_executable(${copy} ${sources})
    elseif(type MATCHES "^(STATIC|SHARED|MODULE|OBJECT|INTERFACE)_LIBRARY$")
        add_library(${copy} ${CMAKE_MATCH_1} ${sources})
    else()
        message(FATAL_ERROR "heddle: ${target} is neither a program nor a library")
    endif()
    foreach(property IN LISTS HEDDLE__COPIED)
        get_property(is_set TARGET ${target} PROPERTY ${property} SET)
        if(is_set)
            get_target_property(value ${target} ${property})
            set_property(TARGET ${copy} PROPERTY ${property} "${value}")
        endif()
    endforeach()
    foreach(property LINK_LIBRARIES INTERFACE_LINK_LIBRARIES)
        get_target_property(items ${target} ${property})
        foreach(item IN LISTS items)
            # Marks of the folder in which an item was named.
            if(items AND NOT item MATCHES "^::@")
                heddle__copied_library(item "${item}" ${flavor} "${fuzz}")
                set_property(TARGET ${copy} APPEND PROPERTY ${property} "${item}")
            endif()
        endforeach()
    endforeach()
    if(type STREQUAL "INTERFACE_LIBRARY")
        return()
    endif()
    # Under its own name, so that what loads it by name finds it.
    get_target_property(name ${target} OUTPUT_NAME)
    if(NOT name)
        set_property(TARGET ${copy} PROPERTY OUTPUT_NAME "${target}")
    endif()
    set(folder "${CMAKE_CURRENT_BINARY_DIR}/heddle/${flavor}${fuzz}")
    set_target_properties(${copy} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${folder}"
        LIBRARY_OUTPUT_DIRECTORY "${folder}" ARCHIVE_OUTPUT_DIRECTORY "${folder}"
        DISABLE_PRECOMPILE_HEADERS ON)
    heddle__launch(${copy} ${flavor})
    if(fuzz)
        target_compile_options(${copy} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
    # Sources that are generated for the target.
    if(sources MATCHES "${CMAKE_BINARY_DIR}/")
        add_dependencies(${copy} ${target})
    endif()
endfunction()

# ---- the functions -------------------------------------------------------------------

# heddle__no_more(FUNCTION WORDS...): a mistake of the caller's if there are any.
function(heddle__no_more function)
    if(ARGN)
        message(FATAL_ERROR "${function}: what is meant by: ${ARGN}")
    endif()
endfunction()

# heddle_add_test(TARGET [FLAVORS F...] [RUNS N] [STRATEGY S] [SEED N] [ARGS ARG...]
#                 [OPTIONS OPTION...] [EXPECT CLASS...])
#
# For each flavor (race) a test heddle/TARGET/F that hunts in the program TARGET, called
# with ARGS.  It fails if something is found; with EXPECT it fails if nothing is found, or
# a finding of another class.  OPTIONS go to `heddle hunt`.  Schedule files are written
# into heddle/F/schedules of the binary folder.
function(heddle_add_test target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "RUNS;STRATEGY;SEED"
                          "FLAVORS;ARGS;OPTIONS;EXPECT")
    heddle__no_more(heddle_add_test ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES})
    if(NOT TARGET ${target})
        message(FATAL_ERROR "heddle_add_test: there is no target ${target}")
    endif()
    set(options ${arg_OPTIONS})
    foreach(option RUNS STRATEGY SEED)
        if(DEFINED arg_${option})
            string(TOLOWER "--${option}" word)
            list(APPEND options ${word} "${arg_${option}}")
        endif()
    endforeach()
    if(NOT arg_FLAVORS)
        set(arg_FLAVORS race)
    endif()
    foreach(flavor IN LISTS arg_FLAVORS)
        heddle__copy(copy ${target} ${flavor} "")
        set(out "${CMAKE_CURRENT_BINARY_DIR}/heddle/${flavor}/schedules")
        set(hunt "${HEDDLE_COMMAND}" hunt ${options} --out "${out}")
        if(arg_EXPECT)
            list(JOIN arg_EXPECT "," classes)
            set(json "${CMAKE_CURRENT_BINARY_DIR}/heddle/${flavor}/${target}.json")
            set(hunt "${CMAKE_COMMAND}" "-DEXPECT=${classes}" "-DJSON=${json}"
                     -P "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/heddle-expect.cmake" --
                     ${hunt} --json "${json}")
        endif()
        add_test(NAME heddle/${target}/${flavor}
                 COMMAND ${hunt} -- $<TARGET_FILE:${copy}> ${arg_ARGS})
    endforeach()
endfunction()

# heddle_add_fuzz_target(NAME SOURCES FILE... [LIBRARIES TARGET...] [FLAVORS F...] [RUNS N])
#
# A libFuzzer program of an LLVMFuzzerTestOneInput() that gives its input to hd_fuzz_data()
# (<heddle/fuzz.h>).  FLAVORS is asan unless given; of several, F is appended to the name.
# With RUNS there is a test heddle-fuzz/NAME that gives it so many inputs.
function(heddle_add_fuzz_target name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "RUNS" "SOURCES;LIBRARIES;FLAVORS")
    heddle__no_more(heddle_add_fuzz_target ${arg_UNPARSED_ARGUMENTS}
                    ${arg_KEYWORDS_MISSING_VALUES})
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "heddle_add_fuzz_target: SOURCES of ${name} are not given")
    endif()
    if(NOT arg_FLAVORS)
        set(arg_FLAVORS asan)
    endif()
    list(LENGTH arg_FLAVORS several)
    foreach(flavor IN LISTS arg_FLAVORS)
        set(target ${name})
        if(several GREATER 1)
            set(target ${name}-${flavor})
        endif()
        add_executable(${target} ${arg_SOURCES})
        foreach(library IN LISTS arg_LIBRARIES)
            heddle__copied_library(library "${library}" ${flavor} -fuzz)
            target_link_libraries(${target} PRIVATE ${library})
        endforeach()
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        heddle__launch(${target} ${flavor})
        if(arg_RUNS)
            add_test(NAME heddle-fuzz/${target} COMMAND ${target} -runs=${arg_RUNS} -seed=1)
        endif()
    endforeach()
endfunction()
